import { type OrderPage } from '@galley/contracts';
import { matcherOf, queryOf, type OrderFilter } from './order-filter.js';
import { FILTER_CHECKS, withDefaults, type TrackOptions } from './track-options.js';
import { createTracker, type Tracker } from './tracker.js';
import { ordersState, type OrdersState } from './tracker-state.js';
import { getJson, writeTransport } from './wire/rest.js';
import { SharedConnection } from './wire/shared-connection.js';

export type OrdersTracker = Tracker<OrdersState>;

export interface TrackOrdersOptions extends TrackOptions, OrderFilter {}

const PAGE_SIZE = '200';

const isPage = ({ orders }: Partial<OrderPage>) => Array.isArray(orders);

/**
 * Tracks the orders that the token may see and that match a filter, by default the open ones: their current state, and every
 * change from now on. An order that ceases to match leaves, and comes back once it matches again.
 * @throws TypeError if an option is wrong
 */
export const trackOrders = (options: TrackOrdersOptions): OrdersTracker => trackOrdersOver(undefined, options);

/** @param connection shared with other trackers; if absent, the tracker has its own */
export function trackOrdersOver(connection: SharedConnection | undefined, options: TrackOrdersOptions): OrdersTracker {
  const settings = withDefaults(options, FILTER_CHECKS);
  const { open = true, status, customerId, rush, q } = options;
  const filter = { open, status, customerId, rush, q };
  return createTracker({
    ...settings,
    matches: matcherOf(filter),
    transport: (connection ?? new SharedConnection(settings)).transport(),
    fetchPage: async (cursor, signal) => {
      const query = new URLSearchParams([['limit', PAGE_SIZE], ...queryOf(filter)]);
      if (cursor !== undefined) query.set('cursor', cursor);
      return (await getJson<OrderPage>(settings, `/orders?${query.toString()}`, isPage, signal)) ?? { orders: [] };
    },
    writes: writeTransport(settings),
    stateOf: ordersState,
  });
}
