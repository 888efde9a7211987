import { z } from 'zod';
import { acceptedAck } from './ack.js';
import { orderId } from './order.js';
import { encodeSubject } from './subject.js';

/** `joinRoom` and `leaveRoom`: one order, or nothing for all orders that the connection may see. */
export const joinRequest = z.strictObject({
  /** The order to follow. If absent, all orders that the connection may see. */
  orderId: orderId.optional(),
});
export const roomRequest = joinRequest.nullish();
export type RoomRequest = z.infer<typeof roomRequest>;

/** The Socket.IO rooms. Clients never name a room: the gateway decides which ones a connection may join. */
export const rooms = {
  /** Every change of every order: staff, and everybody in open mode. */
  orders: 'orders',
  /** The changes of one order. */
  order: (id: string) => `order:${id}`,
  /** Every change of one customer's orders, for that customer. */
  customer: (customer: string) => `customer:${encodeSubject(customer)}`,
  /** The changes of one order, for the customer who owns it. */
  customerOrder: (customer: string, id: string) => `customer:${encodeSubject(customer)}:order:${id}`,
} as const;

/** The answer to `joinRoom` and `leaveRoom`: the rooms that the connection is in now, in any order. */
export const roomsJoined = z.strictObject({
  /** Names such as `orders` or `order:job-1`. */
  rooms: z.array(z.string()),
});
export type RoomsJoined = z.infer<typeof roomsJoined>;

/** `joinRoom` or `leaveRoom` was accepted. */
export const joinedAck = acceptedAck(roomsJoined);
