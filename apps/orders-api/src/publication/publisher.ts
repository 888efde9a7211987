import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ChangeFeed } from '@galley/change-feed';
import { isSamePosition, type Position } from '@galley/contracts';
import { FeedWitness } from '../store/feed-witness.js';
import { OrdersRepository } from '../store/orders.repository.js';
import { toChange } from './order-change.js';

/** How many orders' changes are read, appended and marked together. */
const BATCH_SIZE = 500;

/** Orders beyond this number are not kept here: the sweeper finds them in the store. */
const MAX_WAITING = 100_000;

const RETRY_AFTER_MS = { first: 50, most: 1_000 };

/**
 * Brings committed changes to the change feed, the oldest of each order first. Changes that are committed while a batch
 * is under way go into the next batch. A batch takes one read, one append and one mark, however many changes it has.
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
    private readonly witness: FeedWitness,
  ) {}

  /** Publishes the committed changes of an order. Returns at once. If publishing fails, it is repeated later. */
  publish(orderId: string): void {
    if (this.waiting.size < MAX_WAITING) this.waiting.add(orderId);
    this.start();
  }

  /** Resolves when nothing waits any more, or when the process stops. Under steady load that may be never. */
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
      // An order was added after the loop had ended and before this line.
      if (this.waiting.size > 0 && !this.stopping.signal.aborted) this.start();
    });
  }

  private async run(): Promise<void> {
    let failures = 0;
    let size = BATCH_SIZE;
    await Promise.resolve(); // the rest of this tick's commits share the batch
    while (this.waiting.size > 0) {
      const batch = this.takeOldest(size);
      try {
        await this.publishBatch(batch);
        if (failures > 0) this.logger.log('Publishing again');
        failures = 0;
        size = Math.min(2 * size, BATCH_SIZE);
      } catch (error) {
        for (const orderId of batch) this.waiting.add(orderId);
        // After a long outage there may be more changes than the store can read within its time limit.
        size = Math.max(1, Math.floor(size / 2));
        // The changes are in the store. The sweeper of another replica, or of this one after its restart, publishes them.
        if (this.stopping.signal.aborted) return;
        if (failures++ === 0)
          this.logger.warn(
            `Could not publish changes, trying again: ${error instanceof Error ? error.message : 'failed'}`,
          );
        const pause = Math.min(RETRY_AFTER_MS.first * 2 ** Math.min(failures, 10), RETRY_AFTER_MS.most);
        await delay(pause, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  /** Removes and returns the orders that have waited longest. */
  private takeOldest(count: number): string[] {
    const taken: string[] = [];
    for (const orderId of this.waiting) {
      if (taken.length === count) break;
      taken.push(orderId);
      this.waiting.delete(orderId);
    }
    return taken;
  }

  private async publishBatch(orderIds: readonly string[]): Promise<void> {
    const [unpublished, witnessed] = await Promise.all([this.orders.unpublished(orderIds), this.witness.newest()]);
    const changes = unpublished.flatMap(({ order, entries }) => entries.map((entry) => toChange(order, entry)));
    if (changes.length === 0) return;
    const { head, outcomes } = await this.feed.append(changes, witnessed);
    if (outcomes.some(({ outcome }) => outcome === 'gap')) {
      // The feed had these changes, because they are marked as published. So a restart or failover of Redis has lost data,
      // and what the feed told its readers is no longer true.
      this.logger.error('The feed has lost changes. It starts a new epoch, and clients fetch their orders again');
      await this.feed.reset(head.epoch);
      await this.publishBatch(orderIds);
      return;
    }
    await this.record(head, witnessed);
    // Mark after the append. A crash in between repeats the append, which the feed ignores. No change is lost.
    const last = new Map(changes.map(({ orderId, revision }) => [orderId, revision]));
    await this.orders.markPublished([...last].map(([orderId, revision]) => ({ orderId, revision })));
  }

  /**
   * Records how far the feed reaches, before any change is marked as published up to there.
   * @throws if another replica has recorded a position that this log does not contain: then Redis has two histories, and
   *   the changes must be offered to the one that remains
   */
  private async record(head: Position, witnessed: Position | undefined): Promise<void> {
    const before = await this.witness.record(head);
    if (!before || isSamePosition(before, witnessed)) return;
    const { head: now } = await this.feed.append([], before);
    if (now.epoch !== head.epoch) throw new Error('the feed has ended its epoch');
  }
}
