import { type Order, type OrderUpdateEvent } from '@galley/contracts';
import { getJson } from './wire/rest.js';
import { SocketTransport } from './wire/socket-transport.js';
import { withDefaults, type TrackOptions } from './track-orders.js';
import { createTracker, type OrderState, type Tracker } from './tracker.js';

export type OrderTracker = Tracker<OrderState, OrderUpdateEvent>;

/**
 * Tracks one order. An update is shown at once. It does not contain a new title or quantity: they follow within about a
 * second.
 */
export function trackOrder(orderId: string, options: TrackOptions): OrderTracker {
  const fetchOrder = (signal: AbortSignal) => getJson<Order>(options, `/orders/${encodeURIComponent(orderId)}`, signal);
  return createTracker({
    ...withDefaults(options),
    transport: new SocketTransport({ ...options, ...withDefaults(options), orderId }),
    fetchPage: async (_cursor, signal) => {
      const order = await fetchOrder(signal);
      return { orders: order ? [order] : [] };
    },
    fetchOrder,
    viewOf: (book, { connection }) => ({ connection, order: book.get(orderId), deleted: book.isDeleted(orderId) }),
  });
}
