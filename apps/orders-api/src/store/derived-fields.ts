import { type HistoryEntry, type Order, type OrderState } from '@galley/contracts';

/** What a store keeps beside an order to find it by. All of it follows from the order and its history. */
export interface DerivedFields {
  /** When the order came to `Delivery`, or was opened again there; absent if it is elsewhere or closed. */
  inDeliverySince?: Date;
}

/**
 * Derives the fields anew, for an order whose document may lack them or have wrong ones: earlier versions do not know them.
 * @param history oldest first, as far as it is kept
 */
export function derivedFields(
  order: Pick<Order, 'status' | 'closedAt' | 'updatedAt'>,
  history: readonly HistoryEntry[],
): DerivedFields {
  if (!isInDelivery(order)) return {};
  const entered = history[history.findLastIndex((entry) => !isInDelivery(entry)) + 1];
  return { inDeliverySince: new Date(entered?.timestamp ?? order.updatedAt) };
}

export const isInDelivery = ({ status, closedAt }: Pick<OrderState, 'status' | 'closedAt'>): boolean =>
  status === 'Delivery' && closedAt === undefined;
