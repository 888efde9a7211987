import { type PublishedChange } from '@galley/change-feed';
import { formatPosition, orderUpdateEventName, rooms, type ServerToClientEvents } from '@galley/contracts';

/**
 * The rooms that a change goes to, by its header alone. The first two are of lists of orders that have this one; a socket in
 * one of them needs nothing of the last two, which are of this one order.
 */
export interface TargetRooms {
  orders: string;
  customer: string;
  order: string;
  customerOrder: string;
}

export const targetRooms = ({ orderId, customerId }: PublishedChange): TargetRooms => ({
  orders: rooms.orders,
  customer: rooms.customer(customerId),
  order: rooms.order(orderId),
  customerOrder: rooms.customerOrder(customerId, orderId),
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

/** What a change is to a client that is in these rooms; empty where it does not concern it. */
export function packetsFor(change: PublishedChange, entitled: ReadonlySet<string>): string[] {
  const { orders, customer, order, customerOrder } = targetRooms(change);
  if (entitled.has(orders) || entitled.has(customer)) return packetsForLists(change);
  return entitled.has(order) || entitled.has(customerOrder) ? packetsForOrder(change) : [];
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
