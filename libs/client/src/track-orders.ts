import { type OrderPage } from '@galley/contracts';
import { systemClock, type Jitter } from './sync/clock.js';
import { getJson, type RestOptions } from './wire/rest.js';
import { SocketTransport } from './wire/socket-transport.js';
import { createTracker, type OrdersState, type Tracker } from './tracker.js';

export interface TrackOptions extends RestOptions {
  /** The path of Socket.IO. Default: `/socket.io` */
  path?: string;
  /** Random numbers from 0 up to but not including 1, to spread what many clients do at once. Default: `Math.random` */
  jitter?: Jitter;
  /** Milliseconds between two `feed` events of the gateway, its FEED_HEARTBEAT_MS. Default: 5000 */
  heartbeatMs?: number;
  /** Milliseconds without a connection after which `stale` becomes `offline`. Default: 5000 */
  offlineAfterMs?: number;
}

export type OrdersTracker = Tracker<OrdersState>;

const PAGE_SIZE = 200;

/** Tracks all orders that the token may see: as they are now, and every change from now on. */
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

export const withDefaults = ({ jitter, heartbeatMs, offlineAfterMs }: TrackOptions) => ({
  jitter: jitter ?? Math.random,
  heartbeatMs: heartbeatMs ?? 5_000,
  offlineAfterMs: offlineAfterMs ?? 5_000,
  clock: systemClock,
});
