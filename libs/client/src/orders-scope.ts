import { type OrderPage } from '@galley/contracts';
import { matcherOf, queryOf, type OrderFilter } from './order-filter.js';
import { FILTER_CHECKS, withDefaults, type TrackOptions } from './track-options.js';
import { type TrackerParts } from './tracker.js';
import { ordersState, type OrdersState } from './tracker-state.js';
import { getJson, type RestOptions } from './wire/rest.js';
import { SharedConnection } from './wire/shared-connection.js';

export interface TrackOrdersOptions extends TrackOptions, OrderFilter {}

const PAGE_SIZE = '200';

const isPage = ({ orders }: Partial<OrderPage>) => Array.isArray(orders);

export interface OrdersScope extends TrackerParts<OrdersState>, RestOptions {}

/**
 * What a tracker of the orders that match a filter needs.
 * @param connection shared with other trackers; if absent, the tracker has its own
 * @throws TypeError if an option is wrong
 */
export function ordersScope(options: TrackOrdersOptions, connection?: SharedConnection): OrdersScope {
  const settings = withDefaults(options, FILTER_CHECKS);
  const filter: OrderFilter = { ...options, open: options.open ?? true };
  return {
    ...settings,
    matches: matcherOf(filter),
    transport: (connection ?? new SharedConnection(settings)).transport(),
    fetchPage: async (cursor, signal) => {
      const query = new URLSearchParams([['limit', PAGE_SIZE], ...queryOf(filter)]);
      if (cursor !== undefined) query.set('cursor', cursor);
      return (await getJson<OrderPage>(settings, `/orders?${query.toString()}`, isPage, signal)) ?? { orders: [] };
    },
    stateOf: ordersState,
  };
}
