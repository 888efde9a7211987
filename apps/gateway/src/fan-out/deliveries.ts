import { type PublishedChange } from '@galley/change-feed';
import { formatPosition, orderUpdateEventName, rooms, type ServerToClientEvents } from '@galley/contracts';

/** The rooms that a change concerns, by its header alone. Whoever is in one of `lists` needs nothing of `order`. */
export interface Audience {
  /** Rooms of lists of orders, which this one is on. */
  lists: [all: string, customer: string];
  /** Rooms of the one order. */
  order: [all: string, customer: string];
}

export const audienceOf = ({ orderId, customerId }: PublishedChange): Audience => ({
  lists: [rooms.orders, rooms.customer(customerId)],
  order: [rooms.order(orderId), rooms.customerOrder(customerId, orderId)],
});

/** What a change is to the rooms of lists; room by room this is the table in docs/WEBSOCKET_EVENTS.md. */
export function packetsForLists(change: PublishedChange): string[] {
  switch (change.type) {
    case 'created':
      return [packet('orderCreated', change, true)];
    case 'updated':
      return [packet('orderUpdated', change, true), ...packetsForOrder(change)];
    case 'deleted':
      return packetsForOrder(change);
  }
}

/** What a change is to the rooms of its order. */
export function packetsForOrder(change: PublishedChange): string[] {
  switch (change.type) {
    case 'created':
      return [];
    case 'updated':
      return [packet(orderUpdateEventName(change.orderId), change, false)];
    case 'deleted':
      return [packet('orderDeleted', change, false)];
  }
}

/** What a change is to somebody in these rooms; empty where it does not concern them. */
export function packetsFor(change: PublishedChange, entitled: ReadonlySet<string>): string[] {
  const { lists, order } = audienceOf(change);
  if (lists.some((room) => entitled.has(room))) return packetsForLists(change);
  return order.some((room) => entitled.has(room)) ? packetsForOrder(change) : [];
}

/**
 * A Socket.IO packet of type EVENT ("2"). The feed's JSON goes into it as it is, the position, and the order where it
 * belongs, put in front.
 */
function packet(
  name: keyof ServerToClientEvents,
  { position, event, order }: PublishedChange,
  withOrder: boolean,
): string {
  const orderField = withOrder && order !== undefined ? `"order":${order},` : '';
  return `2["${name}",{"position":"${formatPosition(position)}",${orderField}${event.slice(1)}]`;
}
