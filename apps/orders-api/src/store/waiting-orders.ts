import { SortedList } from './lists/sorted-list.js';

/** An order that waits for something. */
export interface WaitingOrder {
  orderId: string;
  since: Date;
}

/** Orders in memory that wait for something, sorted by since when they do, and then by `orderId`. */
export class WaitingOrders {
  private readonly byId = new Map<string, WaitingOrder>();
  private readonly sorted = new SortedList<WaitingOrder>(
    (a, b) => a.since.getTime() - b.since.getTime() || (a.orderId < b.orderId ? -1 : Number(a.orderId > b.orderId)),
  );

  sinceOf(orderId: string): Date | undefined {
    return this.byId.get(orderId)?.since;
  }

  /** Adds an order, or changes since when it waits. */
  put(orderId: string, since: Date): void {
    this.delete(orderId);
    const order = { orderId, since };
    this.byId.set(orderId, order);
    this.sorted.add(order);
  }

  delete(orderId: string): void {
    const order = this.byId.get(orderId);
    if (!order) return;
    this.byId.delete(orderId);
    this.sorted.remove(order);
  }

  /**
   * The first orders, at most `limit`.
   * @param after only what comes after this one
   * @param isLongEnough ends the result before the first order that does not wait since long enough
   */
  first(limit: number, after?: WaitingOrder, isLongEnough: (since: Date) => boolean = () => true): WaitingOrder[] {
    const first: WaitingOrder[] = [];
    for (const order of this.sorted.ascending(after)) {
      if (first.length >= limit || !isLongEnough(order.since)) break;
      first.push(order);
    }
    return first;
  }
}
