import { reachOf, type Principal } from '@galley/access';
import { GalleyError, rooms, type RoomRequest } from '@galley/contracts';

/** The room that a connection is in by itself. */
export function homeRoom(principal: Principal): string {
  const { sub, orderId } = principal;
  switch (reachOf(principal, 'listOrders')) {
    case 'all':
      return rooms.orders;
    case 'own':
      return rooms.customer(sub);
    default:
      return rooms.order(orderId ?? '');
  }
}

/**
 * The only place that says which room a request leads to.
 * @throws GalleyError `order_not_found` for an order that is certainly not theirs to see
 */
export function roomFor(principal: Principal, request: RoomRequest): string {
  const orderId = request?.orderId;
  if (orderId === undefined) return homeRoom(principal);
  switch (reachOf(principal, 'readOrder')) {
    case 'all':
      return rooms.order(orderId);
    case 'own':
      // Whose order it is, is not known here: of another customer's, nothing comes into this room.
      return rooms.customerOrder(principal.sub, orderId);
    default:
      if (orderId !== principal.orderId) throw new GalleyError('order_not_found', `There is no order ${orderId}`);
      return rooms.order(orderId);
  }
}
