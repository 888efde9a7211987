import { type Order } from '@galley/contracts';
import { type ConnectionState } from './sync/connection-state.js';
import { type ShownOrders } from './sync/shown-orders.js';
import { type Synchronizer } from './sync/synchronizer.js';

export interface OrdersState {
  connection: ConnectionState;
  /** Newest first by `dateIssued`, ties by `orderId`, the greater first. */
  orders: readonly Order[];
  /** False while the first pages are shown, and the others are read. */
  isComplete: boolean;
  /** The position of these orders in the change feed: a text that only the server can read. */
  position?: string;
  /** The name of the gateway that the connection is with, or was before it was lost; absent before the first connection. */
  gateway?: string;
}

export interface OrderState {
  connection: ConnectionState;
  /** Absent while the order is not known, and if there is none. */
  order?: Order;
  /** Whether there was such an order and it was deleted. */
  deleted: boolean;
}

export const ordersState = (
  { connection, isComplete, position, gateway }: Synchronizer,
  orders: ShownOrders,
): OrdersState => ({
  connection,
  orders: orders.list(),
  isComplete,
  position,
  gateway,
});

export const orderState = ({ connection }: Synchronizer, orders: ShownOrders, orderId: string): OrderState => ({
  connection,
  order: orders.get(orderId),
  deleted: orders.isDeleted(orderId),
});
