import { type OrderPage } from '@galley/contracts';
import { systemClock, type Jitter } from './sync/clock.js';
import { getJson, type RestOptions } from './wire/rest.js';
import { SocketTransport } from './wire/socket-transport.js';
import { createTracker, type OrdersState, type Tracker } from './tracker.js';

export interface TrackOptions extends RestOptions {
  /** The path of Socket.IO. Default: `/socket.io` */
  path?: string;
  /**
   * Returns random numbers from 0 up to but not including 1, to spread the load of many clients. Default: `Math.random`
   */
  jitter?: Jitter;
  /** Milliseconds without a connection after which `stale` becomes `offline`. Default: 5000 */
  offlineAfterMs?: number;
}

export type OrdersTracker = Tracker<OrdersState>;

const PAGE_SIZE = 200;

/** Tracks all orders that the token may see: their current state, and every change from now on. */
export function trackOrders(options: TrackOptions): OrdersTracker {
  return createTracker({
    ...withDefaults(options),
    transport: new SocketTransport({ ...options, ...withDefaults(options) }),
    fetchPage: async (cursor, signal) => {
      const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      return (await getJson<OrderPage>(options, `/orders?limit=${PAGE_SIZE}${after}`, signal)) ?? { orders: [] };
    },
    viewOf: (book, { connection, position }) => ({ connection, orders: book.list(), position }),
  });
}

/** @throws TypeError if the url is no http or https URL */
export function withDefaults({ url, jitter, offlineAfterMs }: TrackOptions) {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new TypeError(`url must be an http or https URL such as https://shop.example, not ${JSON.stringify(url)}`);
  }
  return { jitter: jitter ?? Math.random, offlineAfterMs: offlineAfterMs ?? 5_000, clock: systemClock };
}
