import { type OrderFilter } from './order-filter.js';
import { orderScope, type OrderScope } from './order-scope.js';
import { ordersScope, type OrdersScope } from './orders-scope.js';
import { withDefaults, type TrackOptions } from './track-options.js';
import { SharedConnection } from './wire/shared-connection.js';

/** Trackers that share one connection. It is open while one of them is. */
export interface ClientOf<OrdersTracker, OrderTracker> {
  /** As the function `trackOrders`. @throws TypeError if the filter is wrong */
  trackOrders: (filter?: OrderFilter) => OrdersTracker;
  /** As the function `trackOrder`. @throws TypeError if there is no order id */
  trackOrder: (orderId: string) => OrderTracker;
}

/** @throws TypeError if an option is wrong */
export function clientOf<OrdersTracker, OrderTracker>(
  options: TrackOptions,
  trackOrders: (scope: OrdersScope) => OrdersTracker,
  trackOrder: (scope: OrderScope) => OrderTracker,
): ClientOf<OrdersTracker, OrderTracker> {
  const connection = new SharedConnection(withDefaults(options));
  return {
    trackOrders: (filter) => trackOrders(ordersScope({ ...options, ...filter }, connection)),
    trackOrder: (orderId) => trackOrder(orderScope(orderId, options, connection)),
  };
}
