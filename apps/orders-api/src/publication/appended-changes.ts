import { type Change, type ChangeFeed } from '@galley/change-feed';
import { distance, isSameEpoch, type Position } from '@galley/contracts';
import { type FeedWitness } from '../store/feed-witness.js';
import { type OrdersRepository } from '../store/orders.repository.js';

/** How long changes wait to be marked together. Nobody waits for a mark, and it costs the store as much as a commit. */
const MARK_AFTER_MS = 100;

/** How many orders are marked at once. */
const MAX_MARKS = 500;

/** Called if changes cannot be marked. They are no longer here then, and must be offered to the feed again. */
export type FailureListener = (orderIds: readonly string[], error: unknown) => void;

/**
 * The changes that the log has and the store does not yet mark as published. The store first records how far the log reaches,
 * and then marks the changes up to there. So a log that loses marked changes is noticed. If the process stops before that, the
 * changes are offered to the feed again, which drops them.
 */
export class AppendedChanges {
  /** The newest of each order. */
  private readonly unmarked = new Map<string, Change>();
  /** The head of the log, right after the last of them. */
  private head?: Position;
  /** The newest recorded position, as far as this process knows. The log was compared with it. Absent if none was. */
  private compared?: { newest: Position | undefined };
  private timer?: NodeJS.Timeout;
  private marking?: Promise<boolean>;

  constructor(
    private readonly orders: OrdersRepository,
    private readonly feed: ChangeFeed,
    private readonly witness: FeedWitness,
    private readonly failed: FailureListener,
  ) {}

  get isEmpty(): boolean {
    return this.unmarked.size === 0;
  }

  /** Whether there is enough for one mark, so that waiting saves nothing. */
  get isFull(): boolean {
    return this.unmarked.size >= MAX_MARKS;
  }

  /** The newest appended revision of an order that is not marked; 0 if there is none. */
  revisionOf(orderId: string): number {
    return this.unmarked.get(orderId)?.revision ?? 0;
  }

  /**
   * A position that the log must contain when changes are appended. Another replica may have recorded a newer one since: that
   * is found before anything is marked.
   */
  async witnessed(): Promise<Position | undefined> {
    return this.compared ? this.compared.newest : this.witness.newest();
  }

  /**
   * Adds changes that the log has.
   * @param head the head of the log after them
   * @param witnessed the position that it was compared with
   */
  add(changes: readonly Change[], head: Position, witnessed: Position | undefined): void {
    for (const change of changes) {
      if (change.revision > this.revisionOf(change.orderId)) this.unmarked.set(change.orderId, change);
    }
    this.head = head;
    this.compared ??= { newest: witnessed };
    this.schedule();
  }

  /**
   * Marks what is here, up to the most that are marked at once.
   * @returns false if that has failed
   */
  mark(): Promise<boolean> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.marking ??= this.tryMark().finally(() => {
      this.marking = undefined;
      this.schedule();
    });
    return this.marking;
  }

  private schedule(): void {
    if (this.isEmpty || this.marking) return;
    this.timer ??= setTimeout(() => void this.mark(), MARK_AFTER_MS).unref();
  }

  private async tryMark(): Promise<boolean> {
    const changes = [...this.unmarked.values()].slice(0, MAX_MARKS);
    if (!this.head || changes.length === 0) return true;
    try {
      await this.record(this.head);
      await this.orders.markPublished(changes);
    } catch (error) {
      const orderIds = [...this.unmarked.keys()];
      this.unmarked.clear();
      this.compared = undefined;
      this.failed(orderIds, error);
      return false;
    }
    for (const change of changes) {
      if (this.unmarked.get(change.orderId) === change) this.unmarked.delete(change.orderId);
    }
    return true;
  }

  /**
   * Records how far the log reaches, before any change is marked as published up to there.
   * @throws if another replica has recorded a position that this log does not contain: then Redis has two histories, and
   *   the changes must be offered to the one that remains
   */
  private async record(head: Position): Promise<void> {
    let known = this.compared?.newest;
    while (!isAtOrAfter(known, head)) {
      if (await this.witness.record(head, known)) known = head;
      else {
        known = await this.witness.newest();
        const { head: now } = await this.feed.append([], known);
        if (!isSameEpoch(now, head)) throw new Error('the feed has ended its epoch');
      }
    }
    this.compared = { newest: known };
  }
}

/** Whether a position of the log has another one before it. */
const isAtOrAfter = (position: Position | undefined, other: Position) => (distance(other, position) ?? -1) >= 0;
