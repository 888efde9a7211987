import { newestFirst, type ListKey } from '@galley/contracts';

/** Keeps orders in the order of the list, so that a page is a stretch of it and nothing is ever sorted. */
export class SortedOrders<T extends { order: ListKey }> {
  /** The oldest first, because most orders are added at the new end. */
  private readonly items: T[] = [];

  get isEmpty(): boolean {
    return this.items.length === 0;
  }

  add(item: T): void {
    this.items.splice(this.countBehind(item.order), 0, item);
  }

  remove({ order }: T): void {
    this.items.splice(this.countBehind(order), 1);
  }

  /** The newest first: those that come after this place in the list, whether an order is there or not. */
  *after(place?: ListKey): Generator<T> {
    for (let i = place ? this.countBehind(place) : this.items.length; i-- > 0;) {
      const item = this.items[i];
      if (item) yield item;
    }
  }

  /** How many come after this place in the list. */
  private countBehind(place: ListKey): number {
    let [low, high] = [0, this.items.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = this.items[middle];
      if (item && newestFirst(place, item.order) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
