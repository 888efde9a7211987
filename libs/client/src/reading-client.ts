import { type OrderUpdateEvent } from '@galley/contracts';
import { clientOf, type ClientOf } from './client.js';
import { orderScope } from './order-scope.js';
import { ordersScope, type TrackOrdersOptions } from './orders-scope.js';
import { type TrackOptions } from './track-options.js';
import { createTracker, type Tracker } from './tracker.js';
import { type OrdersState, type OrderState } from './tracker-state.js';

export type OrdersTracker = Tracker<OrdersState>;
export type OrderTracker = Tracker<OrderState, OrderUpdateEvent>;
export type Client = ClientOf<OrdersTracker, OrderTracker>;

/**
 * Tracks the orders that the token may see and that match a filter, by default the open ones: their current state, and every
 * change from now on. An order that ceases to match leaves, and comes back once it matches again.
 * @throws TypeError if an option is wrong
 */
export const trackOrders = (options: TrackOrdersOptions): OrdersTracker => createTracker(ordersScope(options));

/**
 * Tracks one order. An update is shown at once. It does not contain a new title, quantity or rush: they follow within about a
 * second. A closed order stays, with `closedAt`.
 * @throws TypeError if there is no order id, or an option is wrong
 */
export const trackOrder = (orderId: string, options: TrackOptions): OrderTracker =>
  createTracker(orderScope(orderId, options));

/**
 * For a program with several trackers of the same user: all use one connection.
 * @throws TypeError if an option is wrong
 */
export const createClient = (options: TrackOptions): Client =>
  clientOf<OrdersTracker, OrderTracker>(options, createTracker, createTracker);
