import { z } from 'zod';
import { orderId } from './order.js';

/** `joinRoom` and `leaveRoom`: nothing for the room of all orders that the connection may see, or one order. */
export const joinRequest = z.strictObject({ orderId: orderId.optional() });
export const roomRequest = joinRequest.nullish();
export type RoomRequest = z.infer<typeof roomRequest>;

/** A Socket.IO room. Clients never name one: the gateway decides which a connection may enter. */
export const rooms = {
  /** Every change of every order: staff, and everybody in open mode. */
  orders: 'orders',
  /** The changes of one order. */
  order: (id: string) => `order:${id}`,
  /** Every change of one customer's orders, for that customer. */
  customer: (customer: string) => `customer:${customer}`,
  /** The changes of one order, for the customer whose order it is. */
  customerOrder: (customer: string, id: string) => `customer:${customer}:order:${id}`,
} as const;

/** The answer to `joinRoom` and `leaveRoom`: the rooms that the connection is in now, in no particular order. */
export const roomsJoined = z.strictObject({ rooms: z.array(z.string()) });
export type RoomsJoined = z.infer<typeof roomsJoined>;
