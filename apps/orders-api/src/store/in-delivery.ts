import { type HistoryEntry, type Order, type OrderState } from '@galley/contracts';

/** Whether an order waits in `Delivery` to be closed. */
export const isInDelivery = ({ status, closedAt }: Pick<OrderState, 'status' | 'closedAt'>): boolean =>
  status === 'Delivery' && closedAt === undefined;

/**
 * When an order came to `Delivery`, or was opened again there; undefined if it is elsewhere or closed. What a store keeps of
 * it may be missing or wrong, because earlier versions do not know it; this follows from the order and its history.
 * @param history oldest first, as far as it is kept
 */
export function inDeliverySince(
  order: Pick<Order, 'status' | 'closedAt' | 'updatedAt'>,
  history: readonly Pick<HistoryEntry, 'status' | 'closedAt' | 'timestamp'>[],
): Date | undefined {
  if (!isInDelivery(order)) return undefined;
  const entered = history[history.findLastIndex((entry) => !isInDelivery(entry)) + 1];
  return new Date(entered?.timestamp ?? order.updatedAt);
}
