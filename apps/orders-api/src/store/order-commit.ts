import { type ChangeOrder, type HistoryEntry, type Order, type PlaceOrder } from '@galley/contracts';

/** A decided change: the order as it will be, and the entry that records it. Both say the same revision. */
export interface OrderCommit {
  order: Order;
  entry: HistoryEntry;
}

/** What never changes of an order. */
type Identity = Pick<Order, 'orderId' | 'customerId' | 'dateIssued'>;
type Content = Pick<Order, 'title' | 'quantity' | 'status' | 'estimatedDate'>;
type Occasion = Pick<HistoryEntry, 'type' | 'revision' | 'timestamp' | 'message'>;

/** A new order, at revision 1. */
export function place(request: PlaceOrder, orderId: string, now: string): OrderCommit {
  const { customerId, dateIssued = now, message } = request;
  return commit({ orderId, customerId, dateIssued }, request, {
    type: 'created',
    revision: 1,
    timestamp: now,
    message,
  });
}

export function change(current: Order, { message, estimatedDate, ...request }: ChangeOrder, now: string): OrderCommit {
  const next = { ...current, ...request };
  if (estimatedDate === null) delete next.estimatedDate;
  else if (estimatedDate !== undefined) next.estimatedDate = estimatedDate;
  return commit(current, next, { type: 'updated', revision: current.revision + 1, timestamp: now, message });
}

/** A delete is a change like any other: the order stays as a tombstone until its history has served. */
export function remove(current: Order, now: string): OrderCommit {
  return commit(current, current, { type: 'deleted', revision: current.revision + 1, timestamp: now });
}

function commit(identity: Identity, content: Content, { type, revision, timestamp, message }: Occasion): OrderCommit {
  const { title, quantity, status, estimatedDate } = content;
  const entry: HistoryEntry = { type, revision, timestamp, title, quantity, status };
  if (estimatedDate !== undefined) entry.estimatedDate = estimatedDate;
  if (message !== undefined) entry.message = message;
  return { order: orderAt(identity, entry), entry };
}

/** The order as it was right after a change. */
export function orderAt({ orderId, customerId, dateIssued }: Identity, entry: HistoryEntry): Order {
  const { title, quantity, status, estimatedDate, revision, timestamp } = entry;
  const order: Order = { orderId, customerId, title, quantity, status, dateIssued, revision, updatedAt: timestamp };
  if (estimatedDate !== undefined) order.estimatedDate = estimatedDate;
  return order;
}
