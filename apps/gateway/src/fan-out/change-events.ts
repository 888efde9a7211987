import { type PublishedChange } from '@galley/change-feed';
import { formatPosition, orderUpdateEventName, type ServerToClientEvents } from '@galley/contracts';
import { type Variant } from '../connections/subscriber.js';
import { type WireEvent } from '../connections/wire-event.js';
import { targetRooms } from '../rooms/target-rooms.js';

/** The events of a change for the rooms of lists. docs/WEBSOCKET_EVENTS.md has the same as a table of rooms. */
export function eventsForLists(change: PublishedChange, variant: Variant): WireEvent[] {
  switch (change.type) {
    case 'created':
      return [eventOf('orderCreated', change, variant, { withOrder: true, isLast: true })];
    case 'updated':
      return [
        eventOf('orderUpdated', change, variant, { withOrder: true, isLast: false }),
        ...eventsForOrder(change, variant),
      ];
    case 'deleted':
      return eventsForOrder(change, variant);
  }
}

/** The events of a change for the rooms of its order. */
export function eventsForOrder(change: PublishedChange, variant: Variant): WireEvent[] {
  switch (change.type) {
    case 'created':
      return [];
    case 'updated':
      return [eventOf(orderUpdateEventName(change.orderId), change, variant, { withOrder: false, isLast: true })];
    case 'deleted':
      return [eventOf('orderDeleted', change, variant, { withOrder: false, isLast: true })];
  }
}

/** The events of a change for a client in these rooms; empty if the change is not for them. */
export function eventsFor(change: PublishedChange, entitled: ReadonlySet<string>, variant: Variant): WireEvent[] {
  const { orders, customer, order, customerOrder } = targetRooms(change);
  if (entitled.has(orders) || entitled.has(customer)) return eventsForLists(change, variant);
  return entitled.has(order) || entitled.has(customerOrder) ? eventsForOrder(change, variant) : [];
}

/**
 * An event of a change. It contains the JSON of the feed unchanged, with the position in front, then the order if the event
 * carries it, and what only staff get.
 * @param isLast whether no other event of the change follows
 */
function eventOf(
  name: keyof ServerToClientEvents,
  { position, event, order, staffPart }: PublishedChange,
  variant: Variant,
  { withOrder, isLast }: { withOrder: boolean; isLast: boolean },
): WireEvent {
  const orderField = withOrder && order !== undefined ? `"order":${order},` : '';
  const staffFields = variant === 'staff' && staffPart !== undefined ? `${staffPart.slice(1, -1)},` : '';
  const text = formatPosition(position);
  return {
    name,
    data: `{"position":"${text}",${orderField}${staffFields}${event.slice(1)}`,
    id: isLast ? text : undefined,
  };
}
