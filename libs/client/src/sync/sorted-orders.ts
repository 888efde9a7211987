import { type Order } from '@galley/contracts';
import { newestFirst, type ListKey } from '@galley/contracts/list-order';

/** Orders, newest first. A change costs a binary search. Only `reset` sorts everything. */
export class SortedOrders {
  #orders: Order[];
  #shared = false;

  /** @param orders sorted; they become part of this */
  constructor(orders: Order[] = []) {
    this.#orders = orders;
  }

  /** The current orders. The array never changes, and is the same one until an order changes. */
  view(): readonly Order[] {
    this.#shared = true;
    return this.#orders;
  }

  /** Adds an order, or replaces the one with the same sort key. */
  put(order: Order): void {
    const index = this.#indexOf(order);
    this.#own().splice(index, this.#isAt(index, order) ? 1 : 0, order);
  }

  delete(key: ListKey): void {
    const index = this.#indexOf(key);
    if (this.#isAt(index, key)) this.#own().splice(index, 1);
  }

  reset(orders: Iterable<Order>): void {
    this.#orders = [...orders].sort(newestFirst);
    this.#shared = false;
  }

  #own(): Order[] {
    if (this.#shared) this.#orders = this.#orders.slice();
    this.#shared = false;
    return this.#orders;
  }

  #isAt(index: number, key: ListKey): boolean {
    const order = this.#orders[index];
    return order !== undefined && newestFirst(order, key) === 0;
  }

  /** The index of the order with this sort key, or where it would be. */
  #indexOf(key: ListKey): number {
    let [low, high] = [0, this.#orders.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = this.#orders[middle];
      if (order !== undefined && newestFirst(order, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
