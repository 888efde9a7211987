import { expect, it } from '@jest/globals';
import { trackOrders, type Order, type OrdersTracker, type Write } from '@galley/client';
import { own, waitFor } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { printedIn } from './documents.js';
import { runFragment } from './run-fragment.js';
import { Terminal } from './terminal.js';

it('tracks, writes and waits with the fragments of docs/CLIENT_SDK.md, and of the README of the package', async () => {
  const { url, orders } = await startCluster({ gateways: 1 });
  await orders.place({ orderId: 'job-1' });
  const terminal = new Terminal(url);
  const [track = ''] = printedIn('docs/CLIENT_SDK.md', 'In Node', 'js').map((text) => terminal.here(text));
  expect(printedIn('libs/client/README.md', '@galley/client', 'js').map((text) => terminal.here(text))).toEqual([
    track,
  ]);
  const lines: unknown[][] = [];
  const console = { log: (...line: unknown[]) => lines.push(line) };
  const program = track.replace(/^import .*$/m, '');
  const { tracker } = await runFragment<{ tracker: OrdersTracker }>(program, { trackOrders, console }, '{ tracker }');
  own(tracker.close);
  await waitFor(() => lines.some((line) => line.join() === 'live,1,job-1'), 'the order to be printed');

  const [write = '', together = ''] = printedIn('docs/CLIENT_SDK.md', 'Writing', 'js');
  const { order } = await runFragment<{ order: Order }>(write, { tracker }, '{ order }');
  expect(order).toMatchObject({ orderId: 'job-1', status: 'In Printing', revision: 2 });

  await orders.place({ orderId: 'job-2' });
  await waitFor(() => tracker.getSnapshot().orders.length === 2, 'the second order');
  const { writes } = await runFragment<{ writes: Write[] }>(together, { tracker }, '{ writes }');
  expect(await Promise.all(writes.map(({ saved }) => saved))).toMatchObject([
    { orderId: 'job-1', revision: 3, status: 'Packaging' },
    { orderId: 'job-2', revision: 2, status: 'Packaging' },
  ]);

  const [wait = ''] = printedIn('docs/CLIENT_SDK.md', 'After a write', 'js');
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ status: 'Delivery' });
  const scope = { url, headers, body, tracker };
  const { revision } = await runFragment<{ revision: number }>(wait, scope, '{ revision }');
  expect(revision).toBe(4);
  const job1 = tracker.getSnapshot().orders.find(({ orderId }) => orderId === 'job-1');
  expect(job1).toMatchObject({ status: 'Delivery' });
});
