import { type PublishedChange } from '@galley/change-feed';
import { formatPosition, orderUpdateEventName, type ServerToClientEvents } from '@galley/contracts';
import { targetRooms } from '../rooms/target-rooms.js';

/** The packets of a change for the rooms of lists. docs/WEBSOCKET_EVENTS.md has the same as a table of rooms. */
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

/** The packets of a change for the rooms of its order. */
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

/** The packets of a change for a client in these rooms; empty if the change is not for them. */
export function packetsFor(change: PublishedChange, entitled: ReadonlySet<string>): string[] {
  const { orders, customer, order, customerOrder } = targetRooms(change);
  if (entitled.has(orders) || entitled.has(customer)) return packetsForLists(change);
  return entitled.has(order) || entitled.has(customerOrder) ? packetsForOrder(change) : [];
}

/**
 * A Socket.IO packet of type EVENT ("2"). It contains the JSON of the feed unchanged, with the position in front, and the
 * order if the event carries it.
 */
function packet(
  name: keyof ServerToClientEvents,
  { position, event, order }: PublishedChange,
  withOrder: boolean,
): string {
  const orderField = withOrder && order !== undefined ? `"order":${order},` : '';
  return `2["${name}",{"position":"${formatPosition(position)}",${orderField}${event.slice(1)}]`;
}
