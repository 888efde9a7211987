import { type ChangeOrder, type ChangeType, type HistoryEntry, type Order, type PlaceOrder } from '#contracts';

/** A decided change: the order as it will be, and the entry that records it. Both say the same revision. */
export interface OrderCommit {
  order: Order;
  entry: HistoryEntry;
}

/** A new order, at revision 1. */
export function place({ message, ...request }: PlaceOrder, orderId: string, now: string): OrderCommit {
  const order = { ...request, orderId, dateIssued: request.dateIssued ?? now };
  return commit('created', order, 1, now, message);
}

export function change(current: Order, { message, estimatedDate, ...request }: ChangeOrder, now: string): OrderCommit {
  const next = { ...current, ...request };
  if (estimatedDate === null) delete next.estimatedDate;
  else if (estimatedDate !== undefined) next.estimatedDate = estimatedDate;
  return commit('updated', next, current.revision + 1, now, message);
}

/** A delete is a change like any other: the order stays as a tombstone until its history has served. */
export function remove(current: Order, now: string): OrderCommit {
  return commit('deleted', current, current.revision + 1, now);
}

function commit(
  type: ChangeType,
  order: Omit<Order, 'revision' | 'updatedAt'>,
  revision: number,
  timestamp: string,
  message?: string,
): OrderCommit {
  const { title, quantity, status, estimatedDate } = order;
  return {
    order: { ...order, revision, updatedAt: timestamp },
    entry: {
      type,
      revision,
      timestamp,
      title,
      quantity,
      status,
      ...(estimatedDate !== undefined && { estimatedDate }),
      ...(message !== undefined && { message }),
    },
  };
}

/** The order as it was right after a change. */
export function orderAt(
  { orderId, customerId, dateIssued }: Pick<Order, 'orderId' | 'customerId' | 'dateIssued'>,
  { title, quantity, status, estimatedDate, revision, timestamp }: HistoryEntry,
): Order {
  return {
    orderId,
    customerId,
    title,
    quantity,
    status,
    ...(estimatedDate !== undefined && { estimatedDate }),
    dateIssued,
    revision,
    updatedAt: timestamp,
  };
}
