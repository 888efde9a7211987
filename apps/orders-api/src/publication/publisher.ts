import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ChangeFeed, type AppendOutcome, type Change } from '@galley/change-feed';
import { Outage, Tracing } from '@galley/runtime';
import { FeedWitness } from '../store/feed-witness.js';
import { OrdersRepository, type UnpublishedOrder } from '../store/orders.repository.js';
import { AppendSpans } from './append-spans.js';
import { AppendedChanges } from './appended-changes.js';
import { toChange } from './order-change.js';
import { PublicationQueue, type CommittedChange, type Turn } from './publication-queue.js';

/** The changes of one append. Redis does nothing else meanwhile, and sends all of them to each gateway in one message. */
const MAX_APPEND_BYTES = 1_048_576;

const RETRY_AFTER_MS = { first: 50, most: 1_000 };

/** Called with changes that the log has now and had not before. */
export type AppendListener = (changes: readonly Change[]) => void;

/** Where a committed change goes, to be published. */
export type Publication = Pick<Publisher, 'publish'>;

/**
 * Brings committed changes to the change feed, the oldest of each order first. Changes that are committed while a batch
 * is under way go into a later batch. A batch is one append. A change that this process has committed is not read again, if all
 * earlier ones of its order are in the log; the others are read, all together. They are marked a little later, many together.
 * The size of a batch is bounded, whatever the orders have unpublished: an order with more left waits for its next turn.
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
  private readonly appended: AppendedChanges;
  /** How often in a row a batch or a mark has failed. */
  private failures = 0;
  private running?: Promise<void>;
  private readonly stopping = new AbortController();

  constructor(
    private readonly orders: OrdersRepository,
    private readonly feed: ChangeFeed,
    witness: FeedWitness,
    private readonly spans: AppendSpans = new AppendSpans(Tracing.off),
  ) {
    this.appended = new AppendedChanges(orders, feed, witness, (orderIds, error) => {
      this.failed(orderIds, error);
      if (!this.stopping.signal.aborted) this.start();
    });
  }

  /** Must be called before the app starts. */
  onAppended(listener: AppendListener): void {
    this.listeners.push(listener);
  }

  /**
   * Publishes the committed changes of an order. Returns at once. If publishing fails, it is repeated later.
   * @param committed the change that was committed just now, if one was
   */
  publish(orderId: string, committed?: CommittedChange): void {
    if (committed) this.spans.remember(orderId, committed.order.revision);
    this.queue.add(orderId, 1, committed);
    this.start();
  }

  /** Resolves when all is published and marked, or when the process stops. Under steady load that may be never. */
  async settled(): Promise<void> {
    while (this.running !== undefined || !this.appended.isEmpty) {
      await this.running;
      await this.appended.mark();
      if (this.stopping.signal.aborted) return;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
    while (!this.appended.isEmpty) await this.appended.mark();
  }

  private start(): void {
    this.running ??= AppendSpans.outsideOfRequests(() => this.run()).finally(() => {
      this.running = undefined;
      // An order was added after the loop had ended and before this line.
      if (!this.queue.isEmpty && !this.stopping.signal.aborted) this.start();
    });
  }

  private async run(): Promise<void> {
    await Promise.resolve(); // the rest of this tick's commits share the batch
    while (!this.queue.isEmpty) {
      await this.pauseAfterFailure();
      // The changes are in the store. The sweeper of another replica, or of this one after its restart, publishes them.
      if (this.failures > 0 && this.stopping.signal.aborted) return;
      const turn = this.queue.takeTurn();
      try {
        await this.publishBatch(turn);
      } catch (error) {
        this.failed(turn.orderIds, error);
        continue;
      }
      // After a failure, nothing more is appended until marks succeed too.
      if ((this.failures > 0 || this.appended.isFull) && !(await this.appended.mark())) continue;
      this.outage.over();
      this.failures = 0;
      this.queue.grow();
    }
  }

  private failed(orderIds: readonly string[], error: unknown): void {
    for (const orderId of orderIds) this.queue.add(orderId);
    this.queue.shrink();
    this.counts.failures++;
    this.failures++;
    this.outage.failed(error instanceof Error ? error.message : 'failed');
  }

  private async pauseAfterFailure(): Promise<void> {
    if (this.failures === 0) return;
    const pause = Math.min(RETRY_AFTER_MS.first * 2 ** Math.min(this.failures, 10), RETRY_AFTER_MS.most);
    await delay(pause, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  private async publishBatch(turn: Turn): Promise<void> {
    const [{ changes, left }, witnessed] = await Promise.all([this.load(turn), this.appended.witnessed()]);
    if (changes.length === 0) return;
    const { head, outcomes } = await this.spans.record(changes, () => this.feed.append(changes, witnessed));
    if (outcomes.some(({ outcome }) => outcome === 'gap')) {
      // The feed had these changes, because they are marked as published. So a restart or failover of Redis has lost data,
      // and what the feed told its readers is no longer true.
      await this.feed.reset(head.epoch);
      await this.publishBatch({ ...turn, committed: [] });
      return;
    }
    this.tell(changes, outcomes);
    // Mark after the append. A crash in between repeats the append, which the feed ignores. No change is lost.
    this.appended.add(changes, head, witnessed);
    for (const [orderId, count] of left) this.queue.add(orderId, count);
  }

  private tell(changes: readonly Change[], outcomes: readonly AppendOutcome[]): void {
    const appended = changes.filter((_, i) => outcomes[i]?.outcome === 'appended');
    this.counts.batches++;
    this.counts.appended += appended.length;
    this.counts.duplicates += changes.length - appended.length;
    for (const listener of this.listeners) listener(appended);
  }

  /** The oldest unpublished changes of the orders, as many as fit into one append, and how many are left of each. */
  private async load(turn: Turn): Promise<{ changes: Change[]; left: Map<string, number> }> {
    const changes: Change[] = [];
    const left = new Map<string, number>();
    let bytes = 0;
    for (const { order, entries, left: unread } of await this.unpublished(turn)) {
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

  /** Reads only what this process has not committed itself. */
  private async unpublished({ orderIds, committed, perOrder }: Turn): Promise<UnpublishedOrder[]> {
    const next = committed.filter((change) => this.isNext(change));
    const known = new Set(next.map(({ order }) => order.orderId));
    const others = orderIds.filter((orderId) => !known.has(orderId));
    // Otherwise what is in the log would be read again.
    while (others.some((orderId) => this.appended.revisionOf(orderId) > 0)) await this.appended.mark();
    const read = others.length > 0 ? await this.orders.unpublished(others, perOrder) : [];
    return [...next.map(({ order, entry }) => ({ order, entries: [entry], left: 0 })), ...read];
  }

  /** Whether the log has, or had, all earlier changes of its order. A new epoch would take the change without them. */
  private isNext({ order: { orderId, revision }, publishedRevision }: CommittedChange): boolean {
    return revision - 1 <= Math.max(publishedRevision, this.appended.revisionOf(orderId));
  }
}
