import { type Order } from './order.js';

/** The fields that decide the place of an order in the list. */
export type ListKey = Pick<Order, 'dateIssued' | 'orderId'>;

/**
 * The order of `GET /orders`: newest first by `dateIssued`, ties by `orderId`, the greater first. A comparator for
 * `Array.sort`.
 */
export function newestFirst(a: ListKey, b: ListKey): number {
  if (a.dateIssued !== b.dateIssued) return a.dateIssued < b.dateIssued ? 1 : -1;
  if (a.orderId === b.orderId) return 0;
  return a.orderId < b.orderId ? 1 : -1;
}
