import { type OrderUpdateEvent } from '@galley/contracts';
import { withDefaults, type TrackOptions } from './track-options.js';
import { createTracker, type Tracker } from './tracker.js';
import { orderState, type OrderState } from './tracker-state.js';
import { writeTransport } from './wire/rest.js';
import { SharedConnection } from './wire/shared-connection.js';

/** Its writes are for the one order, which must exist. */
export type OrderTracker = Omit<Tracker<OrderState, OrderUpdateEvent>, 'place'>;

/**
 * Tracks one order. An update is shown at once. It does not contain a new title, quantity or rush: they follow within about a
 * second. A closed order stays, with `closedAt`.
 * @throws TypeError if there is no order id, or an option is wrong
 */
export const trackOrder = (orderId: string, options: TrackOptions): OrderTracker =>
  trackOrderOver(undefined, orderId, options);

/** @param connection shared with other trackers; if absent, the tracker has its own */
export function trackOrderOver(
  connection: SharedConnection | undefined,
  orderId: string,
  options: TrackOptions,
): OrderTracker {
  if (typeof orderId !== 'string' || orderId === '') {
    throw new TypeError('The first argument must be the id of an order, such as "job-1"');
  }
  const settings = withDefaults(options);
  const writes = writeTransport(settings);
  const fetchOrder = (signal: AbortSignal) => writes.fetchOrder(orderId, signal);
  return createTracker({
    ...settings,
    transport: (connection ?? new SharedConnection(settings)).transport(orderId),
    fetchPage: async (_cursor, signal) => {
      const order = await fetchOrder(signal);
      return { orders: order ? [order] : [] };
    },
    fetchOrder,
    writes,
    stateOf: (sources) => orderState(sources, orderId),
  });
}
