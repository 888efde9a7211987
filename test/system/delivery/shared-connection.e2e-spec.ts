import { beforeAll, expect, it } from '@jest/globals';
import { createClient, type Client } from '@galley/client';
import { own, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

let cluster: TestCluster;
let client: Client;

beforeAll(async () => {
  cluster = await startCluster({ settings: { MAX_ROOMS: '2' } });
  for (let i = 1; i <= 5; i++) await cluster.orders.place({ orderId: `job-${i}` });
  client = createClient({ url: cluster.url, jitter: () => 0 });
});

interface AnyTracker {
  getSnapshot: () => { connection: string };
  close: () => void;
}
function open<T extends AnyTracker>(tracker: T): T {
  own(() => {
    tracker.close();
  });
  return tracker;
}
const live = (...trackers: AnyTracker[]) =>
  waitFor(() => trackers.every(({ getSnapshot }) => getSnapshot().connection === 'live'), 'the trackers to be live');

it('hears of all orders also if orders are asked for right behind them', async () => {
  const first = open(client.trackOrder('job-1'));
  await live(first);
  const [all, second] = [open(client.trackOrders()), open(client.trackOrder('job-2'))];
  await live(all, second);
  await cluster.orders.change('job-5', { quantity: 7 });
  await waitFor(
    () => all.getSnapshot().orders.find(({ orderId }) => orderId === 'job-5')?.quantity === 7,
    'a change of an order that nobody has asked for',
  );
});

it.each(['one after another', 'at once'])(
  'follows more orders than a connection may ask for, and lets only a wrong id fail: %s',
  async (how) => {
    const client = createClient({ url: cluster.url, jitter: () => 0 });
    const first = open(client.trackOrder('job-1'));
    if (how === 'one after another') await live(first);
    const trackers = [first, ...['job-2', 'job-3', 'job-4'].map((id) => open(client.trackOrder(id)))];
    const wrong = open(client.trackOrder('no id'));
    const errors: unknown[] = [];
    for (const { on } of [...trackers, wrong]) on('error', ({ code, permanent }) => errors.push({ code, permanent }));
    await live(...trackers);
    await waitFor(() => errors.length > 0, 'the refusal of the wrong id');
    const { body } = await cluster.orders.change('job-4', { note: how });
    await waitFor(
      () => trackers.at(-1)?.getSnapshot().order?.revision === body.revision,
      'the change of the last order',
    );
    expect(errors).toEqual([{ code: 'invalid_request', permanent: true }]);
  },
);
