import { reachOf, type Principal } from '@galley/access';
import { GalleyError, rooms, type RoomRequest } from '@galley/contracts';

/** The room that a connection is in unless it asks for others. */
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
 * Decides which room a request is for. No other code does.
 * @throws GalleyError `order_not_found` for an order that this principal can never see
 */
export function roomFor(principal: Principal, request: RoomRequest): string {
  const orderId = request?.orderId;
  if (orderId === undefined) return homeRoom(principal);
  switch (reachOf(principal, 'readOrder')) {
    case 'all':
      return rooms.order(orderId);
    case 'own':
      // A gateway does not know who owns the order. This room gets no changes of another customer's order.
      return rooms.customerOrder(principal.sub, orderId);
    default:
      if (orderId !== principal.orderId) throw new GalleyError('order_not_found', `There is no order ${orderId}`);
      return rooms.order(orderId);
  }
}
