import { Inject, Injectable } from '@nestjs/common';
import { recordCommands } from '@galley/redis';
import { Metrics, StoreDurations } from '@galley/runtime';
import { type Change } from '@galley/change-feed';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';
import { PublicationMonitor } from '../publication/publication-monitor.js';
import { Publisher } from '../publication/publisher.js';
import { OrdersRepository } from '../store/orders.repository.js';

/** What an orders API tells Prometheus. docs/METRICS.md says what each is for. */
@Injectable()
export class OrdersApiMetrics {
  constructor(
    private readonly metrics: Metrics,
    private readonly publisher: Publisher,
    private readonly monitor: PublicationMonitor,
    private readonly orders: OrdersRepository,
    durations: StoreDurations,
    @Inject(ORDERS_API_CONFIG) config: Pick<OrdersApiConfig, 'management'>,
  ) {
    if (config.management) {
      recordCommands(durations);
      this.recordDelays();
    }
    this.registerPublication();
    this.registerStore();
  }

  /** Records how old changes are when they are published, by the clock of the store, which has dated the commits. */
  private recordDelays(): void {
    const delays = this.metrics.durations({
      name: 'galley_change_appended_seconds',
      help: 'From the commit of a change until the log of Redis has it.',
      labels: [],
    });
    this.publisher.onAppended((changes: readonly Change[]) => {
      const now = this.orders.now().getTime();
      for (const { timestamp } of changes) delays.record(Math.max(0, now - Date.parse(timestamp)) / 1_000);
    });
  }

  private registerPublication(): void {
    const { metrics, monitor } = this;
    metrics.gauge({
      name: 'galley_unpublished_oldest_seconds',
      help: 'How long the oldest change has waited that the log does not have; 0 if there is none. Each API says the same.',
      read: () => monitor.backlog.waitedMs / 1_000,
    });
    metrics.gauge({
      name: 'galley_unpublished_changes',
      help: 'Changes that the log does not have, at least; counted once the oldest has waited for more than 5 s.',
      read: () => monitor.backlog.changes,
    });
    metrics.counter({
      name: 'galley_feed_new_epochs_total',
      help: 'How often the log has begun a new epoch, because Redis had lost changes or a backup was restored. Each API sees all.',
      read: () => monitor.newEpochs,
    });
    const { counts } = this.publisher;
    metrics.counter({
      name: 'galley_appended_changes_total',
      help: 'Changes that this API has offered to the log: appended, or duplicate if the log had them already.',
      labels: ['outcome'],
      read: () => [
        [{ outcome: 'appended' }, counts.appended],
        [{ outcome: 'duplicate' }, counts.duplicates],
      ],
    });
    const described = {
      batches: ['galley_appends_total', 'Appends to the log. One has all changes that were committed together.'],
      failures: ['galley_append_failures_total', 'Appends that have failed, and are repeated.'],
    } as const;
    for (const [key, [name, help]] of Object.entries(described)) {
      metrics.counter({ name, help, read: () => counts[key as keyof typeof described] });
    }
  }

  private registerStore(): void {
    this.metrics.gauge({
      name: 'galley_damaged_documents',
      help: 'Documents of the store that are no orders and are left out, as far as they were read since the start.',
      read: () => this.orders.damagedDocuments,
    });
  }
}
