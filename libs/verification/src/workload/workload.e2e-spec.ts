import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { own } from '@galley/testing';
import { Workload } from './workload.js';

/** An API with one order of the run that asks. Before each answer the order changes once more. */
async function startApi(): Promise<string> {
  let revision = 0;
  const api = createServer((request, response) => {
    const run = new URL(request.url ?? '', 'http://api').searchParams.get('customerId') ?? '';
    response.end(JSON.stringify({ orders: [{ orderId: `${run}-1`, revision: ++revision }] }));
  }).listen(0, '127.0.0.1');
  await once(api, 'listening');
  own(() => api.close());
  return `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
}

it('records the orders that its clients were compared with, and not what an abandoned write does after that', async () => {
  const workload = new Workload({
    ...{ apiUrls: [await startApi()], gatewayUrls: [], clients: 0, orders: 1, concurrency: 1 },
    ...{ seed: 1, settleWithinMs: 5_000 },
  });
  const { isSettled, store } = await workload.finish();
  expect(isSettled).toBe(true);
  expect(store.orders).toMatchObject([{ revision: 1 }]);
});
