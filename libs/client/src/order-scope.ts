import { withDefaults, type TrackOptions } from './track-options.js';
import { type TrackerParts } from './tracker.js';
import { orderState, type OrderState } from './tracker-state.js';
import { fetchOrder, type RestOptions } from './wire/rest.js';
import { SharedConnection } from './wire/shared-connection.js';

export interface OrderScope extends TrackerParts<OrderState>, RestOptions {}

/**
 * What a tracker of one order needs.
 * @param connection shared with other trackers; if absent, the tracker has its own
 * @throws TypeError if there is no order id, or an option is wrong
 */
export function orderScope(orderId: string, options: TrackOptions, connection?: SharedConnection): OrderScope {
  if (typeof orderId !== 'string' || orderId === '') {
    throw new TypeError('The first argument must be the id of an order, such as "job-1"');
  }
  const settings = withDefaults(options);
  const fetchThis = (signal: AbortSignal) => fetchOrder(settings, orderId, signal);
  return {
    ...settings,
    transport: (connection ?? new SharedConnection(settings)).transport(orderId),
    fetchPage: async (_cursor, signal) => {
      const order = await fetchThis(signal);
      return { orders: order ? [order] : [] };
    },
    fetchOrder: fetchThis,
    stateOf: (synchronizer, orders) => orderState(synchronizer, orders, orderId),
  };
}
