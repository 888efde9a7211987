import { expect, it } from '@jest/globals';
import { trackOrders } from '@galley/client';
import { own, waitFor } from '@galley/testing';
import { ordersStore } from '../../../docs/examples/svelte-orders.js';
import { startCluster } from '../harness/cluster.js';

it('shows a Svelte store that is connected while somebody reads it, and again later', async () => {
  const cluster = await startCluster();
  await cluster.orders.place({ orderId: 'job-1' });
  const requests: string[] = [];
  const counted = (input: string | URL | Request, init?: RequestInit) => {
    requests.push(input as string);
    return fetch(input, init);
  };
  const store = ordersStore({ url: cluster.url, jitter: () => 0, fetch: counted });
  const other = trackOrders({ url: cluster.url, jitter: () => 0 });
  own(other.close);
  await waitFor(() => other.getSnapshot().connection === 'live', 'a tracker that began later');
  expect(requests).toEqual([]);

  for (const quantity of [7, 8]) {
    const seen: unknown[] = [];
    const leave = store.subscribe(({ connection, orders }) => seen.push(`${connection} ${orders[0]?.quantity}`));
    own(leave);
    await cluster.orders.change('job-1', { quantity });
    await waitFor(() => seen.includes(`live ${quantity}`), 'the change');
    leave();
  }
});
