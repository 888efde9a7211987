import { type PublishedChange } from '#change-feed';
import { formatPosition, orderUpdateEventName, rooms, type ServerToClientEvents } from '#contracts';

/** One event of a change and the rooms that it goes to; a socket that is in several of them gets it once. */
export interface Delivery {
  event: keyof ServerToClientEvents;
  rooms: string[];
  /** JSON of the payload. */
  payload: string;
}

/** Whom a change concerns, by its header alone. Room by room this is the table in docs/WEBSOCKET_EVENTS.md. */
export function deliveriesOf(change: PublishedChange): Delivery[] {
  const { orderId, customerId } = change;
  const lists = [rooms.orders, rooms.customer(customerId)];
  const all = [...lists, rooms.order(orderId), rooms.customerOrder(customerId, orderId)];
  switch (change.type) {
    case 'created':
      return [{ event: 'orderCreated', rooms: lists, payload: payload(change, true) }];
    case 'updated':
      return [
        { event: 'orderUpdated', rooms: lists, payload: payload(change, true) },
        { event: orderUpdateEventName(orderId), rooms: all, payload: payload(change, false) },
      ];
    case 'deleted':
      return [{ event: 'orderDeleted', rooms: all, payload: payload(change, false) }];
  }
}

/** The feed's JSON with the position, and the order where it belongs, put in front. */
function payload({ position, event, order }: PublishedChange, withOrder: boolean): string {
  const orderField = withOrder && order !== undefined ? `"order":${order},` : '';
  return `{"position":"${formatPosition(position)}",${orderField}${event.slice(1)}`;
}
