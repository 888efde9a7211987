import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { mintToken, SignOuts } from '@galley/access';
import { type TrackingLink } from '@galley/contracts';
import { OrdersClient, own, TestClient, waitFor } from '@galley/testing';
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

/** Stores sign-outs, and tells no gateway. */
async function silentSignOuts(): Promise<SignOuts> {
  const signOuts = new SignOuts({ redisUrl: cluster.redisUrl, name: 'local' });
  own(() => signOuts.close());
  await waitFor(() => signOuts.signOut('nobody').then(() => true), 'Redis');
  return signOuts;
}

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
  const signOuts = await silentSignOuts();
  const started = Date.now();
  await signOuts.signOut('di');
  await ended;
  expect(Date.now() - started).toBeLessThan(SOON);
});

it.each([
  ['an hour ahead', 60 * 60 * 1_000],
  ['an hour behind', -60 * 60 * 1_000],
])('is dated by one clock: a sign-out by a replica whose clock is %s changes no other', async (how, offsetMs) => {
  const [first, second] = [`ed ${how.length}`, `flo ${how.length}`].map((sub) => sub.replace(' ', '-'));
  const clients = await connectEverywhere(await tokenOf(second ?? ''));
  const signOuts = await silentSignOuts();
  const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + offsetMs);
  await signOuts.signOut(first ?? '').finally(() => {
    now.mockRestore();
  });
  await waitFor(
    async () => (await new OrdersClient(cluster.url, await tokenOf(first ?? '')).list()).status === 200,
    'a token that was issued after the second of the sign-out',
  );
  const ended = gone(clients);
  expect((await staff.send('DELETE', `/sessions/${second ?? ''}`)).status).toBe(204);
  await ended;
});

it('takes effect whatever time another sign-out has', async () => {
  const redis = new Redis(cluster.redisUrl);
  await redis.multi().zadd('{local}:signed-out', 9e15, 'far').set('{local}:signed-out:version', 'x').exec();
  await redis.quit();
  const clients = await connectEverywhere(await tokenOf('gus'));
  const ended = gone(clients);
  await (await silentSignOuts()).signOut('gus');
  await ended;
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
