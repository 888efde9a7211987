import { type OrderUpdateEvent } from '@galley/contracts';
import { clientOf, type ClientOf } from './client.js';
import { orderScope, type OrderScope } from './order-scope.js';
import { ordersScope, type OrdersScope, type TrackOrdersOptions } from './orders-scope.js';
import { type TrackOptions } from './track-options.js';
import type * as reading from './tracker-state.js';
import { writeTransport } from './wire/write-transport.js';
import { createWritingTracker, type EditsState, type WritingTracker } from './writing-tracker.js';

export interface OrdersState extends reading.OrdersState, EditsState {}
export interface OrderState extends reading.OrderState, EditsState {}

export type OrdersTracker = WritingTracker<OrdersState>;
/** Its writes are for the one order, which must exist. */
export type OrderTracker = Omit<WritingTracker<OrderState, OrderUpdateEvent>, 'place'>;
export type Client = ClientOf<OrdersTracker, OrderTracker>;

const openOrders = (scope: OrdersScope): OrdersTracker => createWritingTracker(scope, writeTransport(scope));
const openOrder = (scope: OrderScope): OrderTracker => createWritingTracker(scope, writeTransport(scope));

/**
 * Tracks the orders that the token may see and that match a filter, by default the open ones: their current state, and every
 * change from now on. An order that ceases to match leaves, and comes back once it matches again.
 * @throws TypeError if an option is wrong
 */
export const trackOrders = (options: TrackOrdersOptions): OrdersTracker => openOrders(ordersScope(options));

/**
 * Tracks one order. An update is shown at once. It does not contain a new title, quantity or rush: they follow within about a
 * second. A closed order stays, with `closedAt`.
 * @throws TypeError if there is no order id, or an option is wrong
 */
export const trackOrder = (orderId: string, options: TrackOptions): OrderTracker =>
  openOrder(orderScope(orderId, options));

/**
 * For a program with several trackers of the same user: all use one connection.
 * @throws TypeError if an option is wrong
 */
export const createClient = (options: TrackOptions): Client => clientOf(options, openOrders, openOrder);
