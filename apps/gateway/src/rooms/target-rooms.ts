import { type PublishedChange } from '@galley/change-feed';
import { rooms } from '@galley/contracts';

/**
 * The rooms that a change goes to. They depend only on its header. The first two are for lists that contain the order, the
 * last two for the order alone. A socket in one of the first two needs nothing from the last two.
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
