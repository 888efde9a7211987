import { type OrderPage } from '@galley/contracts';
import { withDefaults, type TrackOptions } from './track-options.js';
import { createTracker, type OrdersState, type Tracker } from './tracker.js';
import { getJson } from './wire/rest.js';
import { SocketTransport } from './wire/socket-transport.js';

export type OrdersTracker = Tracker<OrdersState>;

const PAGE_SIZE = 200;

const isPage = ({ orders }: Partial<OrderPage>) => Array.isArray(orders);

/**
 * Tracks all orders that the token may see: their current state, and every change from now on.
 * @throws TypeError if an option is wrong
 */
export function trackOrders(options: TrackOptions): OrdersTracker {
  const settings = withDefaults(options);
  return createTracker({
    ...settings,
    transport: new SocketTransport(settings),
    fetchPage: async (cursor, signal) => {
      const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const path = `/orders?limit=${PAGE_SIZE}${after}`;
      return (await getJson<OrderPage>(settings, path, isPage, signal)) ?? { orders: [] };
    },
    viewOf: (book, { connection, position }) => ({ connection, orders: book.list(), position }),
  });
}
