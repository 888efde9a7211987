import {
  GalleyError,
  STATE_FIELDS,
  type Actor,
  type ChangeOrder,
  type HistoryEntry,
  type Order,
  type OrderState,
  type PlaceOrder,
} from '@galley/contracts';

/** A decided change: the changed order, and the history entry that records it. Both have the same revision. */
export interface OrderCommit {
  order: Order;
  entry: HistoryEntry;
}

/** The fields of an order that never change. */
type Identity = Pick<Order, 'orderId' | 'customerId' | 'dateIssued'>;
type Occasion = Pick<HistoryEntry, 'type' | 'revision' | 'timestamp' | 'message' | 'actor' | 'note'>;

/** A new order, at revision 1. */
export function place(request: PlaceOrder, orderId: string, now: string, actor?: Actor): OrderCommit {
  const { customerId, dateIssued = now, message, note } = request;
  return commit({ orderId, customerId, dateIssued }, request, {
    type: 'created',
    revision: 1,
    timestamp: now,
    ...{ message, note, actor },
  });
}

/**
 * Whether a request changes an order. A message or a note is a change, too.
 * @throws GalleyError `order_closed` if it does, and the order is closed and stays so
 */
export function alters(current: Order, request: ChangeOrder): boolean {
  const next = stateAfter(current, request, current.updatedAt);
  const isSame = STATE_FIELDS.every((field) => next[field] === current[field]);
  if (isSame && request.message === undefined && request.note === undefined) return false;
  if (current.closedAt !== undefined && next.closedAt !== undefined) throw new GalleyError('order_closed');
  return true;
}

/** `null` removes a field. */
export function change(current: Order, request: ChangeOrder, now: string, actor?: Actor): OrderCommit {
  const next = successor(current, now);
  const { message, note } = request;
  return commit(current, stateAfter(current, request, next.timestamp), {
    type: 'updated',
    ...next,
    message,
    note,
    actor,
  });
}

function stateAfter(current: Order, request: ChangeOrder, now: string): OrderState {
  const { closed = current.closedAt !== undefined } = request;
  const closedAt = closed ? (current.closedAt ?? now) : undefined;
  return withState({}, { ...current, ...request, closedAt } as OrderState);
}

/**
 * A deletion is a change like any other, also of a closed order. The order stays as a tombstone until its history is no
 * longer needed.
 */
export function remove(current: Order, now: string, actor?: Actor): OrderCommit {
  return commit(current, current, { type: 'deleted', ...successor(current, now), actor });
}

/** The next revision. Its time is never before that of the current one, because a clock may be set back. */
function successor({ revision, updatedAt }: Order, now: string): Pick<Occasion, 'revision' | 'timestamp'> {
  return { revision: revision + 1, timestamp: now < updatedAt ? updatedAt : now };
}

function commit(identity: Identity, state: OrderState, occasion: Occasion): OrderCommit {
  const { type, revision, timestamp, message, note, actor } = occasion;
  const entry: HistoryEntry = withState({ type, revision, timestamp }, state);
  if (message !== undefined) entry.message = message;
  if (note !== undefined) entry.note = note;
  if (actor !== undefined) entry.actor = actor;
  return { order: orderAt(identity, entry), entry };
}

/** The order right after a change. */
export function orderAt({ orderId, customerId, dateIssued }: Identity, entry: HistoryEntry): Order {
  const { revision, timestamp } = entry;
  return withState({ orderId, customerId, dateIssued, revision, updatedAt: timestamp }, entry);
}

/** Copies the fields that change into `target`, one by one: spread and rest would take a quarter of a request's time. */
export function withState<T extends object>(target: T, state: OrderState): T & OrderState {
  const fields = target as Record<string, unknown>;
  for (const field of STATE_FIELDS) {
    const value: unknown = state[field];
    if (value !== undefined && value !== null) fields[field] = value;
  }
  return target as T & OrderState;
}
