import { type Order } from '@galley/contracts';

type SortKey = Pick<Order, 'dateIssued' | 'orderId'>;

/** Newest first by `dateIssued`, ties by `orderId`, the greater first: the order of `GET /orders`. */
export function newestFirst(a: SortKey, b: SortKey): number {
  if (a.dateIssued !== b.dateIssued) return a.dateIssued < b.dateIssued ? 1 : -1;
  if (a.orderId === b.orderId) return 0;
  return a.orderId < b.orderId ? 1 : -1;
}

/** Orders, newest first. A change costs a binary search; nothing is ever sorted again but by `reset`. */
export class SortedOrders {
  private orders: Order[] = [];
  private shared = false;

  /** The orders as they are now: an array that never changes, the same one until something does. */
  view(): readonly Order[] {
    this.shared = true;
    return this.orders;
  }

  /** Adds an order, or takes the place of the one that has its sort key. */
  put(order: Order): void {
    const index = this.indexOf(order);
    this.own().splice(index, this.isAt(index, order) ? 1 : 0, order);
  }

  delete(key: SortKey): void {
    const index = this.indexOf(key);
    if (this.isAt(index, key)) this.own().splice(index, 1);
  }

  reset(orders: Iterable<Order>): void {
    this.orders = [...orders].sort(newestFirst);
    this.shared = false;
  }

  private own(): Order[] {
    if (this.shared) this.orders = this.orders.slice();
    this.shared = false;
    return this.orders;
  }

  private isAt(index: number, key: SortKey): boolean {
    const order = this.orders[index];
    return order !== undefined && newestFirst(order, key) === 0;
  }

  /** Where the order with this sort key is, or would be. */
  private indexOf(key: SortKey): number {
    let [low, high] = [0, this.orders.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.orders[middle];
      if (order !== undefined && newestFirst(order, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
