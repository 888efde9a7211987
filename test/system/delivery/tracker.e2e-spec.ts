import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { trackOrder, trackOrders, type OrdersTracker } from '@galley/client';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { OrdersClient, TestClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

let redis: EmbeddedRedis;
let cluster: TestCluster;
const trackers: { close(): void }[] = [];

beforeAll(async () => {
  redis = await EmbeddedRedis.start();
  cluster = await startCluster({ redisUrl: redis.url });
});
afterEach(() => {
  for (const tracker of trackers.splice(0)) tracker.close();
});
afterAll(async () => {
  await cluster.close();
  await redis.stop();
});

const track = <T extends { close(): void }>(tracker: T): T => {
  trackers.push(tracker);
  return tracker;
};
const isLive = (tracker: { getSnapshot(): { connection: string } }) => tracker.getSnapshot().connection === 'live';
const showsTheStore = async (tracker: OrdersTracker) => {
  const { body } = await cluster.orders.list({ limit: 200 });
  await waitFor(() => isLive(tracker), 'the tracker to be live', 20_000);
  await waitFor(() => {
    expect(tracker.getSnapshot().orders).toEqual(body.orders);
    return true;
  }, 'the tracker to show the orders of the store');
};

it('gives the current orders, then every change once and in order', async () => {
  for (let i = 0; i < 5; i++) await cluster.orders.place({ orderId: `before-${i}` });
  const tracker = track(trackOrders({ url: cluster.url }));
  const updates: number[] = [];
  tracker.on('updated', ({ orderId, revision }) => {
    if (orderId === 'before-0') updates.push(revision);
  });
  await showsTheStore(tracker);
  await cluster.orders.place({ orderId: 'after' });
  for (let quantity = 1; quantity <= 20; quantity++) await cluster.orders.change('before-0', { quantity });
  await cluster.orders.remove('before-1');
  await tracker.when('before-0', 21);
  await tracker.when('before-1', 2);
  expect(updates).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
  await showsTheStore(tracker);
});

it('follows one order until it is deleted', async () => {
  await cluster.orders.place({ orderId: 'one', title: 'Flyers' });
  const tracker = track(trackOrder('one', { url: cluster.url }));
  await waitFor(() => isLive(tracker), 'the tracker to be live');
  await cluster.orders.change('one', { status: 'In Printing', title: 'Posters' });
  await waitFor(() => tracker.getSnapshot().order?.title === 'Posters', 'the new title');
  expect(tracker.getSnapshot().order).toEqual((await cluster.orders.get('one')).body);
  await cluster.orders.remove('one');
  await waitFor(() => tracker.getSnapshot().deleted, 'the order to be deleted');
});

it('shows the orders of the store after connections to Redis were cut and Redis was away', async () => {
  const trackers = Array.from({ length: 4 }, () => track(trackOrders({ url: cluster.url })));
  for (const tracker of trackers) await showsTheStore(tracker);
  await cluster.orders.place({ orderId: 'faulty' });
  let quantity = 0;
  const write = async () => {
    for (let i = 0; i < 10; i++) await cluster.orders.change('faulty', { quantity: ++quantity });
  };
  await write();
  redis.cutConnections();
  await write();
  await redis.down();
  await write();
  for (const tracker of trackers) {
    await waitFor(() => tracker.getSnapshot().connection === 'stale', 'the tracker to be stale');
  }
  const late = track(trackOrders({ url: cluster.url }));
  await waitFor(() => late.getSnapshot().connection === 'stale', 'a late tracker to be told that nothing is live');
  const [shown] = late.getSnapshot().orders.filter(({ orderId }) => orderId === 'faulty');
  expect(shown?.revision).toBe(quantity + 1);
  trackers.push(late);
  await redis.up();
  await write();
  for (const tracker of trackers) await tracker.when('faulty', quantity + 1, { signal: AbortSignal.timeout(20_000) });
  for (const tracker of trackers) await showsTheStore(tracker);
}, 60_000);

it('stays live after its first token has ended if it is given newer tokens', async () => {
  const secret = randomBytes(32).toString('hex');
  const settings = { AUTH: 'required', AUTH_JWT_SECRET: secret };
  const closed = await startCluster({ redisUrl: redis.url, gateways: 1, settings });
  const token = () => mintToken({ secret, role: 'staff', sub: 'sue', expiresIn: 6 });
  const states = new Set<string>();
  const tracker = track(trackOrders({ url: closed.url, token }));
  await waitFor(() => isLive(tracker), 'the tracker to be live');
  const stateChanged = () => void states.add(tracker.getSnapshot().connection);
  stateChanged();
  tracker.subscribe(stateChanged);
  // The control connection ends with its token, which was issued after the tracker's first one.
  const control = await TestClient.connect(closed.url, { auth: { token: await token() }, reconnection: false });
  await once(control.socket as never, 'disconnect');
  await new OrdersClient(closed.url, await token()).place({ orderId: 'after-it' });
  await tracker.when('after-it', 1);
  expect([...states]).toEqual(['live']);
  tracker.close();
  await closed.close();
});
