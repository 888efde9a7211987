/** How many orders' changes are read, appended and marked together. */
const MAX_ORDERS = 500;

/** How many changes are. */
const MAX_CHANGES = 1_000;

/** How many changes of one order go into a batch while others wait. */
const MAX_CHANGES_OF_ORDER = 100;

/** Orders beyond this number are not kept here: the sweeper finds them in the store. */
const MAX_WAITING = 100_000;

export interface Turn {
  /** The orders that have waited longest. */
  orderIds: string[];
  /** How many changes of each may be read, so that all together are few enough. */
  perOrder: number;
}

/**
 * The orders with changes to publish. An order waits at most until each order before it has had one turn, even if those
 * have long backlogs.
 */
export class PublicationQueue {
  /** The expected number of unpublished changes of each waiting order. The order that has waited longest comes first. */
  private readonly waiting = new Map<string, number>();
  /** The part of a full batch that is taken; smaller after failures. */
  private share = 1;

  get isEmpty(): boolean {
    return this.waiting.size === 0;
  }

  /** Adds an order to the end, or expects more changes of one that waits. */
  add(orderId: string, changes = 1): void {
    const expected = this.waiting.get(orderId);
    if (expected === undefined && this.waiting.size >= MAX_WAITING) return;
    this.waiting.set(orderId, (expected ?? 0) + changes);
  }

  /** Removes the orders whose turn it is: many with few changes, or few with many. */
  takeTurn(): Turn {
    const maxOrders = Math.max(1, Math.floor(MAX_ORDERS * this.share));
    const maxChanges = Math.max(1, Math.floor(MAX_CHANGES * this.share));
    const orderIds: string[] = [];
    let expectedOfEach = 1;
    for (const [orderId, expected] of this.waiting) {
      expectedOfEach = Math.max(expectedOfEach, Math.min(expected, MAX_CHANGES_OF_ORDER));
      const isFull = orderIds.length === maxOrders || (orderIds.length + 1) * expectedOfEach > maxChanges;
      if (isFull && orderIds.length > 0) break;
      orderIds.push(orderId);
      this.waiting.delete(orderId);
    }
    return { orderIds, perOrder: Math.floor(maxChanges / Math.max(1, orderIds.length)) };
  }

  /** Makes the next batches smaller: the store or the feed could not process the last one in time. */
  shrink(): void {
    this.share = Math.max(this.share / 2, 1 / MAX_CHANGES);
  }

  grow(): void {
    this.share = Math.min(this.share * 2, 1);
  }
}
