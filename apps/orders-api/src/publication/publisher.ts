import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ChangeFeed, type AppendOutcome, type Change } from '@galley/change-feed';
import { isSamePosition, type Position } from '@galley/contracts';
import { Outage, Tracing } from '@galley/runtime';
import { FeedWitness } from '../store/feed-witness.js';
import { OrdersRepository } from '../store/orders.repository.js';
import { AppendSpans } from './append-spans.js';
import { toChange } from './order-change.js';
import { PublicationQueue, type Turn } from './publication-queue.js';

/** The changes of one append. Redis does nothing else meanwhile, and sends all of them to each gateway in one message. */
const MAX_APPEND_BYTES = 1_048_576;

const RETRY_AFTER_MS = { first: 50, most: 1_000 };

/** Called with changes that the log has now and had not before. */
export type AppendListener = (changes: readonly Change[]) => void;

/** Where a committed change goes, to be published. */
export type Publication = Pick<Publisher, 'publish'>;

/**
 * Brings committed changes to the change feed, the oldest of each order first. Changes that are committed while a batch
 * is under way go into a later batch. A batch takes one read, one append and one mark. Its size is bounded, whatever the
 * orders have unpublished: an order with more left waits for its next turn.
 */
@Injectable()
export class Publisher implements OnApplicationShutdown {
  private readonly logger = new Logger(Publisher.name);
  private readonly outage = new Outage(this.logger, 'Could not publish changes, trying again', 'Publishing again');
  private readonly queue = new PublicationQueue();
  /**
   * What was published since the start. `duplicates` were in the log already, because another replica or an earlier attempt had
   * published them. `failures` were repeated.
   */
  readonly counts = { appended: 0, duplicates: 0, batches: 0, failures: 0 };
  private readonly listeners: AppendListener[] = [];
  private running?: Promise<void>;
  private readonly stopping = new AbortController();

  constructor(
    private readonly orders: OrdersRepository,
    private readonly feed: ChangeFeed,
    private readonly witness: FeedWitness,
    private readonly spans: AppendSpans = new AppendSpans(Tracing.off),
  ) {}

  /** Must be called before the app starts. */
  onAppended(listener: AppendListener): void {
    this.listeners.push(listener);
  }

  /**
   * Publishes the committed changes of an order. Returns at once. If publishing fails, it is repeated later.
   * @param committed the revision that was committed just now, if one was
   */
  publish(orderId: string, committed?: number): void {
    if (committed !== undefined) this.spans.remember(orderId, committed);
    this.queue.add(orderId);
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
    this.running ??= AppendSpans.outsideOfRequests(() => this.run()).finally(() => {
      this.running = undefined;
      // An order was added after the loop had ended and before this line.
      if (!this.queue.isEmpty && !this.stopping.signal.aborted) this.start();
    });
  }

  private async run(): Promise<void> {
    let failures = 0;
    await Promise.resolve(); // the rest of this tick's commits share the batch
    while (!this.queue.isEmpty) {
      const turn = this.queue.takeTurn();
      try {
        await this.publishBatch(turn);
        this.outage.over();
        failures = 0;
        this.queue.grow();
      } catch (error) {
        for (const orderId of turn.orderIds) this.queue.add(orderId);
        this.queue.shrink();
        this.counts.failures++;
        // The changes are in the store. The sweeper of another replica, or of this one after its restart, publishes them.
        if (this.stopping.signal.aborted) return;
        failures++;
        this.outage.failed(error instanceof Error ? error.message : 'failed');
        const pause = Math.min(RETRY_AFTER_MS.first * 2 ** Math.min(failures, 10), RETRY_AFTER_MS.most);
        await delay(pause, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  private async publishBatch(turn: Turn): Promise<void> {
    const [{ changes, left }, witnessed] = await Promise.all([this.load(turn), this.witness.newest()]);
    if (changes.length === 0) return;
    const { head, outcomes } = await this.spans.record(changes, () => this.feed.append(changes, witnessed));
    if (outcomes.some(({ outcome }) => outcome === 'gap')) {
      // The feed had these changes, because they are marked as published. So a restart or failover of Redis has lost data,
      // and what the feed told its readers is no longer true.
      await this.feed.reset(head.epoch);
      await this.publishBatch(turn);
      return;
    }
    this.tell(changes, outcomes);
    await this.record(head, witnessed);
    // Mark after the append. A crash in between repeats the append, which the feed ignores. No change is lost.
    const last = new Map(changes.map((change) => [change.orderId, change]));
    await this.orders.markPublished([...last.values()]);
    for (const [orderId, count] of left) this.queue.add(orderId, count);
  }

  private tell(changes: readonly Change[], outcomes: readonly AppendOutcome[]): void {
    const appended = changes.filter((_, i) => outcomes[i]?.outcome === 'appended');
    this.counts.batches++;
    this.counts.appended += appended.length;
    this.counts.duplicates += changes.length - appended.length;
    for (const listener of this.listeners) listener(appended);
  }

  /** Reads the oldest unpublished changes of the orders, as many as fit into one append, and counts those that are left. */
  private async load({ orderIds, perOrder }: Turn): Promise<{ changes: Change[]; left: Map<string, number> }> {
    const changes: Change[] = [];
    const left = new Map<string, number>();
    let bytes = 0;
    for (const { order, entries, left: unread } of await this.orders.unpublished(orderIds, perOrder)) {
      let taken = 0;
      for (const entry of entries) {
        const change = toChange(order, entry);
        const { event, order: after = '', staffPart = '' } = change;
        for (const text of [event, after, staffPart]) bytes += Buffer.byteLength(text);
        if (bytes > MAX_APPEND_BYTES && changes.length > 0) break;
        changes.push(change);
        taken++;
      }
      const count = entries.length - taken + unread;
      if (count > 0) left.set(order.orderId, count);
    }
    return { changes, left };
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
