import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Repetition } from '@galley/runtime';
import { OrdersRepository, type OrderBacklog } from '../store/orders.repository.js';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';
import { Publisher } from './publisher.js';

/** How many orders one sweep looks at. The next sweep goes on after them. */
const BATCH_SIZE = 1_000;

/**
 * Publishes the changes that a crash or a long outage left unpublished, even if another replica committed them. How long an
 * order has waited is measured from when this process first saw it, because the clock of the writer may be wrong.
 */
@Injectable()
export class PublicationSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PublicationSweeper.name);
  private readonly repetition: Repetition;
  /** The last order of the last sweep; absent if the next sweep begins with the oldest backlog. */
  private last?: OrderBacklog;
  /** When this process first saw each backlog, by `performance.now()`: in the last round over all orders, and in this one. */
  private readonly firstSeenMs = { lastRound: new Map<string, number>(), thisRound: new Map<string, number>() };

  constructor(
    private readonly orders: OrdersRepository,
    private readonly publisher: Publisher,
    @Inject(ORDERS_API_CONFIG) private readonly config: OrdersApiConfig,
  ) {
    this.repetition = new Repetition(() => this.trySweep(), config.publication.sweepEveryMs);
  }

  onApplicationBootstrap(): void {
    this.repetition.start();
  }

  onApplicationShutdown(): void {
    this.repetition.stop();
  }

  /** @returns how many orders it handed to the publisher */
  async sweep(): Promise<number> {
    const backlogs = await this.orders.findUnpublished(BATCH_SIZE, this.last);
    const waiting = backlogs.filter((backlog) => this.waitedMs(backlog) >= this.config.publication.sweepAfterMs);
    for (const { orderId } of waiting) this.publisher.publish(orderId);
    if (backlogs.length === BATCH_SIZE) this.last = backlogs.at(-1);
    else this.beginRound();
    return waiting.length;
  }

  /** How long ago this process first saw this backlog. */
  private waitedMs({ orderId, since }: OrderBacklog): number {
    const key = `${orderId} ${since.getTime()}`;
    const now = performance.now();
    const { lastRound, thisRound } = this.firstSeenMs;
    const first = thisRound.get(key) ?? lastRound.get(key) ?? now;
    thisRound.set(key, first);
    return now - first;
  }

  private beginRound(): void {
    this.last = undefined;
    this.firstSeenMs.lastRound = this.firstSeenMs.thisRound;
    this.firstSeenMs.thisRound = new Map();
  }

  private async trySweep(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.logger.warn(`Could not look for unpublished changes: ${error instanceof Error ? error.message : 'failed'}`);
    }
  }
}
