import { type OrderCommit } from '../store/order-commit.js';

/** How many orders' changes are read, appended and marked together. */
const MAX_ORDERS = 500;

/** How many changes are. */
const MAX_CHANGES = 1_000;

/** How many changes of one order go into a batch while others wait. */
const MAX_CHANGES_OF_ORDER = 100;

/** Orders beyond this number are not kept here: the sweeper finds them in the store. */
const MAX_WAITING = 100_000;

/** How many committed changes are kept in memory. During an outage, the others are read from the store later. */
const MAX_KEPT = 1_000;

/** A change that this process has committed, with a majority. */
export interface CommittedChange extends OrderCommit {
  /** The order was known to be published up to this revision when the change was decided. */
  publishedRevision: number;
}

export interface Turn {
  /** The orders that have waited longest. */
  orderIds: string[];
  /** The changes of those among them that wait with one change, and that is kept. */
  committed: CommittedChange[];
  /** How many changes of each may be read, so that all together are few enough. */
  perOrder: number;
}

interface Waiting {
  /** The expected number of unpublished changes. */
  changes: number;
  /** The change, if it is the only one. Of several, only the store knows whether they are all. */
  committed?: CommittedChange;
}

/**
 * The orders with changes to publish. An order waits at most until each order before it has had one turn, even if those
 * have long backlogs.
 */
export class PublicationQueue {
  /** The order that has waited longest comes first. */
  private readonly waiting = new Map<string, Waiting>();
  /** How many of them have their change. */
  private kept = 0;
  /** The part of a full batch that is taken; smaller after failures. */
  private share = 1;

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /**
   * Adds an order to the end, or expects more changes of one that waits.
   * @param committed the change, if it is known
   */
  add(orderId: string, changes = 1, committed?: CommittedChange): void {
    const before = this.waiting.get(orderId);
    if (!before && this.waiting.size >= MAX_WAITING) return;
    if (before?.committed) this.kept--;
    const isKept = !before && committed !== undefined && this.kept < MAX_KEPT;
    if (isKept) this.kept++;
    this.waiting.set(orderId, {
      changes: (before?.changes ?? 0) + changes,
      committed: isKept ? committed : undefined,
    });
  }

  /** Removes the orders whose turn it is: many with few changes, or few with many. */
  takeTurn(): Turn {
    const maxOrders = Math.max(1, Math.floor(MAX_ORDERS * this.share));
    const maxChanges = Math.max(1, Math.floor(MAX_CHANGES * this.share));
    const orderIds: string[] = [];
    const kept: CommittedChange[] = [];
    let expectedOfEach = 1;
    for (const [orderId, { changes, committed }] of this.waiting) {
      expectedOfEach = Math.max(expectedOfEach, Math.min(changes, MAX_CHANGES_OF_ORDER));
      const isFull = orderIds.length === maxOrders || (orderIds.length + 1) * expectedOfEach > maxChanges;
      if (isFull && orderIds.length > 0) break;
      orderIds.push(orderId);
      if (committed) kept.push(committed);
      this.waiting.delete(orderId);
    }
    this.kept -= kept.length;
    return { orderIds, committed: kept, perOrder: Math.floor(maxChanges / Math.max(1, orderIds.length)) };
  }

  /** Makes the next batches smaller: the store or the feed could not process the last one in time. */
  shrink(): void {
    this.share = Math.max(this.share / 2, 1 / MAX_CHANGES);
  }

  grow(): void {
    this.share = Math.min(this.share * 2, 1);
  }
}
