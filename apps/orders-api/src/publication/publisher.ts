import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ChangeFeed } from '@galley/change-feed';
import { OrdersRepository } from '../store/orders.repository.js';
import { toChange } from './order-change.js';

/** Orders whose changes are read, appended and marked together. */
const BATCH = 500;

/** Past this many, the sweeper finds them in the store. */
const MAX_WAITING = 100_000;

const RETRY_AFTER = { first: 50, most: 1_000 };

/**
 * Brings committed changes to the change feed, each order's oldest first. What it is told of while a batch is under way
 * goes into the next: one read, one append and one mark, however many changes there are.
 */
@Injectable()
export class Publisher implements OnApplicationShutdown {
  private readonly logger = new Logger(Publisher.name);
  private readonly waiting = new Set<string>();
  private running?: Promise<void>;
  private readonly stopping = new AbortController();

  constructor(
    private readonly orders: OrdersRepository,
    private readonly feed: ChangeFeed,
  ) {}

  /** Says that an order has a committed change. Returns at once; nothing that happens later is lost. */
  publish(orderId: string): void {
    if (this.waiting.size < MAX_WAITING) this.waiting.add(orderId);
    this.start();
  }

  /** Resolves when nothing waits any more, or the process stops; under steady load that may be never. */
  async settled(): Promise<void> {
    await this.running;
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private start(): void {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      // Told of one between the last look and this line.
      if (this.waiting.size > 0 && !this.stopping.signal.aborted) this.start();
    });
  }

  private async run(): Promise<void> {
    let failures = 0;
    let size = BATCH;
    await Promise.resolve(); // the rest of this tick's commits share the batch
    while (this.waiting.size > 0) {
      const batch = this.take(size);
      try {
        await this.publishBatch(batch);
        if (failures > 0) this.logger.log('Publishing again');
        failures = 0;
        size = Math.min(2 * size, BATCH);
      } catch (error) {
        for (const orderId of batch) this.waiting.add(orderId);
        // A long outage leaves more behind than the store may be able to give within its time.
        size = Math.max(1, Math.floor(size / 2));
        // What is left is in the store: the sweeper of another replica, or of this one's next life, publishes it.
        if (this.stopping.signal.aborted) return;
        if (failures++ === 0)
          this.logger.warn(`Publishing waits: ${error instanceof Error ? error.message : 'failed'}`);
        const pause = Math.min(RETRY_AFTER.first * 2 ** Math.min(failures, 10), RETRY_AFTER.most);
        await delay(pause, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  /** Those that have waited longest. */
  private take(count: number): string[] {
    const taken: string[] = [];
    for (const orderId of this.waiting) {
      if (taken.length === count) break;
      taken.push(orderId);
      this.waiting.delete(orderId);
    }
    return taken;
  }

  private async publishBatch(orderIds: readonly string[]): Promise<void> {
    const unpublished = await this.orders.unpublished(orderIds);
    const changes = unpublished.flatMap(({ order, entries }) => entries.map((entry) => toChange(order, entry)));
    if (changes.length === 0) return;
    const outcomes = await this.feed.append(changes);
    const gap = outcomes.find((outcome) => outcome.outcome === 'gap');
    if (gap) {
      // Only what the feed had is marked as published, so it has lost data since: a restart or failover of Redis took it
      // back in time. What it has told its readers no longer holds.
      this.logger.error(
        'The feed has lost changes that it had; it starts a new epoch and clients fetch their orders anew',
      );
      await this.feed.reset(gap.epoch);
      await this.publishBatch(orderIds);
      return;
    }
    // Mark after the append: a crash in between repeats the append, which the feed drops; it never loses the change.
    const last = new Map(changes.map(({ orderId, revision }) => [orderId, revision]));
    await this.orders.markPublished([...last].map(([orderId, revision]) => ({ orderId, revision })));
  }
}
