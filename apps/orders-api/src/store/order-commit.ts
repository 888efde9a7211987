import {
  CONTENT_FIELDS,
  type ChangeOrder,
  type HistoryEntry,
  type Order,
  type OrderContent,
  type PlaceOrder,
} from '@galley/contracts';

/** A decided change: the changed order, and the history entry that records it. Both have the same revision. */
export interface OrderCommit {
  order: Order;
  entry: HistoryEntry;
}

/** The fields of an order that never change. */
type Identity = Pick<Order, 'orderId' | 'customerId' | 'dateIssued'>;
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

/** `null` removes a field. */
export function change(current: Order, request: ChangeOrder, now: string): OrderCommit {
  const next = { ...current, ...request } as OrderContent;
  return commit(current, next, { type: 'updated', ...successor(current, now), message: request.message });
}

/** A deletion is a change like any other. The order stays as a tombstone until its history is no longer needed. */
export function remove(current: Order, now: string): OrderCommit {
  return commit(current, current, { type: 'deleted', ...successor(current, now) });
}

/** The next revision. Its time is never before that of the current one, because a clock may be set back. */
function successor({ revision, updatedAt }: Order, now: string): Pick<Occasion, 'revision' | 'timestamp'> {
  return { revision: revision + 1, timestamp: now < updatedAt ? updatedAt : now };
}

function commit(identity: Identity, content: OrderContent, occasion: Occasion): OrderCommit {
  const { type, revision, timestamp, message } = occasion;
  const entry: HistoryEntry = withContent({ type, revision, timestamp }, content);
  if (message !== undefined) entry.message = message;
  return { order: orderAt(identity, entry), entry };
}

/** The order right after a change. */
export function orderAt({ orderId, customerId, dateIssued }: Identity, entry: HistoryEntry): Order {
  const { revision, timestamp } = entry;
  return withContent({ orderId, customerId, dateIssued, revision, updatedAt: timestamp }, entry);
}

/** Copies the content fields into `target`, one by one: spread and rest would take a quarter of a request's time. */
export function withContent<T extends object>(target: T, content: OrderContent): T & OrderContent {
  const fields = target as Record<string, unknown>;
  for (const field of CONTENT_FIELDS) {
    const value: unknown = content[field];
    if (value !== undefined && value !== null) fields[field] = value;
  }
  return target as T & OrderContent;
}
