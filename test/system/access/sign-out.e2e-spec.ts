import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { type TrackingLink } from '@galley/contracts';
import { OrdersClient, TestClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const secret = randomBytes(32).toString('hex');
/** The longest that a signed-out user may stay connected anywhere, in milliseconds. */
const SOON = 2_000;

let cluster: TestCluster;
let staff: OrdersClient;

const tokenOf = (sub: string) => mintToken({ secret, role: 'customer', sub, expiresIn: 60 });
const connectEverywhere = (token: string) =>
  Promise.all([...cluster.gateways.values()].map((url) => TestClient.connect(url, { auth: { token } })));
const gone = (clients: TestClient[]) => Promise.all(clients.map(({ socket }) => once(socket as never, 'disconnect')));

beforeAll(async () => {
  cluster = await startCluster({ settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
  staff = new OrdersClient(cluster.url, await mintToken({ secret, role: 'staff', sub: 'sue', expiresIn: 60 }));
});
afterAll(() => cluster.close());

it("ends a user's connections on every replica, and refuses their tokens from then on", async () => {
  const token = await tokenOf('ana');
  const clients = await connectEverywhere(token);
  const others = await connectEverywhere(await tokenOf('bo'));
  const ended = gone(clients);
  const started = Date.now();
  expect((await staff.send('DELETE', '/sessions/ana')).status).toBe(204);
  const reasons = await ended;
  expect(Date.now() - started).toBeLessThan(SOON);
  // The client must not reconnect by itself.
  expect(reasons.map(([reason]) => reason as string)).toEqual(clients.map(() => 'io server disconnect'));
  expect(clients.map(({ socket }) => socket.active)).toEqual(clients.map(() => false));

  for (const url of cluster.gateways.values()) {
    expect(await TestClient.refused(url, { auth: { token } })).toMatchObject({ code: 'signed_out', retryable: false });
  }
  const { status, body } = await new OrdersClient(cluster.url, token).send<{ code: string }>('GET', '/orders');
  expect([status, body.code]).toEqual([401, 'signed_out']);

  await staff.place({ customerId: 'bo', orderId: 'still-here' });
  for (const other of others) await other.event('orderCreated');
  for (const other of others) other.close();
});

it('lets a user in again with a token that is issued after the sign-out', async () => {
  await staff.send('DELETE', '/sessions/cy');
  await waitFor(
    async () => (await new OrdersClient(cluster.url, await tokenOf('cy')).list()).status === 200,
    'a token that was issued after the second of the sign-out',
  );
  const clients = await connectEverywhere(await tokenOf('cy'));
  for (const client of clients) client.close();
});

it('takes effect on a replica that did not get the message', async () => {
  const clients = await connectEverywhere(await tokenOf('di'));
  const ended = gone(clients);
  const redis = new Redis(cluster.redisUrl);
  const started = Date.now();
  await redis.zadd('{local}:signed-out', started, 'di');
  await ended;
  expect(Date.now() - started).toBeLessThan(SOON);
  await redis.quit();
});

it('ends a tracking link', async () => {
  await staff.place({ orderId: 'linked' });
  const { body } = await staff.send<TrackingLink>('POST', '/orders/linked/tracking-links', {});
  const clients = await connectEverywhere(body.token);
  const ended = gone(clients);
  await staff.send('DELETE', `/sessions/${encodeURIComponent(body.sub)}`);
  await ended;
  expect((await new OrdersClient(cluster.url, body.token).get('linked')).status).toBe(401);
});
