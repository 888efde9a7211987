import { type ClientLog } from '../checker/run.js';

/** What a client believes of the orders that it has heard of or fetched: the newest revision wins. */
export class BelievedOrders {
  /** The newest known revision of each order, by order id; Infinity for a deleted order. */
  private readonly revisions = new Map<string, number>();
  /** The ids of the orders that are closed at these revisions. */
  private readonly closed = new Set<string>();

  /** The ids of all orders, also of deleted ones. */
  get ids(): Iterable<string> {
    return this.revisions.keys();
  }

  revisionOf(orderId: string): number | undefined {
    return this.revisions.get(orderId);
  }

  /** @param revision Infinity if the order is deleted */
  learn(orderId: string, revision: number, closedAt?: string): void {
    if (revision <= (this.revisions.get(orderId) ?? 0)) return;
    this.revisions.set(orderId, revision);
    if (closedAt === undefined) this.closed.delete(orderId);
    else this.closed.add(orderId);
  }

  log(): Pick<ClientLog, 'state' | 'open'> {
    const living = [...this.revisions].filter(([, revision]) => revision !== Infinity);
    return {
      state: Object.fromEntries(living),
      open: living.map(([orderId]) => orderId).filter((orderId) => !this.closed.has(orderId)),
    };
  }
}
