import { trackOrders, type OrdersTracker } from '@galley/client';
import { own, waitFor, type OrdersClient } from '@galley/testing';
import { type Replica } from './replicas.js';

/** Tracks all orders through one gateway and one orders API, without a proxy in front of them. */
export function trackReplicas(gateway: Replica, api: Replica): OrdersTracker {
  const tracker = trackOrders({
    url: gateway.url,
    open: 'any',
    fetch: (input, init) => fetch((input as string).replace(gateway.url, api.url), init),
  });
  own(() => {
    tracker.close();
  });
  return tracker;
}

/** Waits until a tracker is live and shows the orders of the store. */
export async function showsTheStore(tracker: OrdersTracker, orders: OrdersClient, deadlineMs = 20_000): Promise<void> {
  const { body } = await orders.list({ limit: 200 });
  await waitFor(
    () => {
      const { connection, orders: shown } = tracker.getSnapshot();
      return connection === 'live' && JSON.stringify(shown.map(key)) === JSON.stringify(body.orders.map(key));
    },
    'a tracker to show the orders of the store',
    deadlineMs,
  );
}

const key = ({ orderId, revision }: { orderId: string; revision: number }) => [orderId, revision];
