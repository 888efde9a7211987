import { rooms, type RoomRequest } from '#contracts';

/** The room that a connection is in by itself. */
export const HOME_ROOM = rooms.orders;

/** The only place that says which room a request leads to. Everybody may see every order: there are no principals yet. */
export const roomFor = (request: RoomRequest): string =>
  request?.orderId === undefined ? HOME_ROOM : rooms.order(request.orderId);
