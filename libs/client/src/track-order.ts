import { type Order, type OrderUpdateEvent } from '@galley/contracts';
import { withDefaults, type TrackOptions } from './track-options.js';
import { createTracker, type OrderState, type Tracker } from './tracker.js';
import { getJson } from './wire/rest.js';
import { SocketTransport } from './wire/socket-transport.js';

export type OrderTracker = Tracker<OrderState, OrderUpdateEvent>;

/**
 * Tracks one order. An update is shown at once. It does not contain a new title, quantity or rush: they follow within about a
 * second. A closed order stays, with `closedAt`.
 * @throws TypeError if there is no order id, or an option is wrong
 */
export function trackOrder(orderId: string, options: TrackOptions): OrderTracker {
  if (typeof orderId !== 'string' || orderId === '') {
    throw new TypeError('The first argument must be the id of an order, such as "job-1"');
  }
  const settings = withDefaults(options);
  const isOrder = (body: Partial<Order>) => body.orderId === orderId;
  const fetchOrder = (signal: AbortSignal) =>
    getJson<Order>(settings, `/orders/${encodeURIComponent(orderId)}`, isOrder, signal);
  return createTracker({
    ...settings,
    transport: new SocketTransport({ ...settings, orderId }),
    fetchPage: async (_cursor, signal) => {
      const order = await fetchOrder(signal);
      return { orders: order ? [order] : [] };
    },
    fetchOrder,
    viewOf: (book, { connection }) => ({ connection, order: book.get(orderId), deleted: book.isDeleted(orderId) }),
  });
}
