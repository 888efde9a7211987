import { type OrderFilter } from './order-filter.js';
import { withDefaults, type TrackOptions } from './track-options.js';
import { trackOrderOver, type OrderTracker } from './track-order.js';
import { trackOrdersOver, type OrdersTracker } from './track-orders.js';
import { SharedConnection } from './wire/shared-connection.js';

/** Trackers that share one connection. It is open while one of them is. */
export interface Client {
  /** As the function `trackOrders`. @throws TypeError if the filter is wrong */
  trackOrders: (filter?: OrderFilter) => OrdersTracker;
  /** As the function `trackOrder`. @throws TypeError if there is no order id */
  trackOrder: (orderId: string) => OrderTracker;
}

/**
 * For a program with several trackers of the same user: all use one connection.
 * @throws TypeError if an option is wrong
 */
export function createClient(options: TrackOptions): Client {
  const connection = new SharedConnection(withDefaults(options));
  return {
    trackOrders: (filter) => trackOrdersOver(connection, { ...options, ...filter }),
    trackOrder: (orderId) => trackOrderOver(connection, orderId, options),
  };
}
