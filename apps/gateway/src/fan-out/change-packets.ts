import { type PublishedChange } from '@galley/change-feed';
import { formatPosition, orderUpdateEventName, type ServerToClientEvents } from '@galley/contracts';
import { type Variant } from '../connections/subscriber.js';
import { targetRooms } from '../rooms/target-rooms.js';

/** The packets of a change for the rooms of lists. docs/WEBSOCKET_EVENTS.md has the same as a table of rooms. */
export function packetsForLists(change: PublishedChange, variant: Variant): string[] {
  switch (change.type) {
    case 'created':
      return [packet('orderCreated', change, variant, true)];
    case 'updated':
      return [packet('orderUpdated', change, variant, true), ...packetsForOrder(change, variant)];
    case 'deleted':
      return packetsForOrder(change, variant);
  }
}

/** The packets of a change for the rooms of its order. */
export function packetsForOrder(change: PublishedChange, variant: Variant): string[] {
  switch (change.type) {
    case 'created':
      return [];
    case 'updated':
      return [packet(orderUpdateEventName(change.orderId), change, variant, false)];
    case 'deleted':
      return [packet('orderDeleted', change, variant, false)];
  }
}

/** The packets of a change for a client in these rooms; empty if the change is not for them. */
export function packetsFor(change: PublishedChange, entitled: ReadonlySet<string>, variant: Variant): string[] {
  const { orders, customer, order, customerOrder } = targetRooms(change);
  if (entitled.has(orders) || entitled.has(customer)) return packetsForLists(change, variant);
  return entitled.has(order) || entitled.has(customerOrder) ? packetsForOrder(change, variant) : [];
}

/**
 * A Socket.IO packet of type EVENT ("2"). It contains the JSON of the feed unchanged, with the position in front, then the
 * order if the event carries it, and what only staff get.
 */
function packet(
  name: keyof ServerToClientEvents,
  { position, event, order, staffPart }: PublishedChange,
  variant: Variant,
  withOrder: boolean,
): string {
  const orderField = withOrder && order !== undefined ? `"order":${order},` : '';
  const staffFields = variant === 'staff' && staffPart !== undefined ? `${staffPart.slice(1, -1)},` : '';
  return `2["${name}",{"position":"${formatPosition(position)}",${orderField}${staffFields}${event.slice(1)}]`;
}
