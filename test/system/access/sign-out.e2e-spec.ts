import { createSecretKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mintToken, SignOuts } from '@galley/access';
import { type TrackingLink } from '@galley/contracts';
import { OrdersClient, own, Stopwatch, TestClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const secret = randomBytes(32).toString('hex');
/** The longest that a signed-out user may stay connected anywhere, in milliseconds. */
const SOON = 2_000;

let cluster: TestCluster;
let staff: OrdersClient;

/** Longer than a wrong clock of a test is ahead: no connection expires meanwhile. */
const LIFE_SECONDS = 3 * 60 * 60;

const tokenOf = (sub: string, role: 'staff' | 'customer' = 'customer') =>
  mintToken({ secret, role, sub, expiresIn: LIFE_SECONDS });

/** A token of an issuer whose clock is ahead by some seconds. */
function tokenFrom(aheadSeconds: number, sub: string): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000) + aheadSeconds;
  return new SignJWT({ role: 'customer', sub, iss: 'galley', aud: 'galley', iat, exp: iat + LIFE_SECONDS })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(createSecretKey(secret, 'utf8'));
}

/** The code of the API's refusal; undefined if the token is accepted. */
const refusalOf = async (token: string) =>
  (await new OrdersClient(cluster.url, token).send<{ code?: string }>('GET', '/orders')).body.code;
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
  staff = new OrdersClient(cluster.url, await tokenOf('sue', 'staff'));
});
afterAll(() => cluster.close());

it("ends a user's connections on every replica, and refuses their tokens from then on", async () => {
  const token = await tokenOf('ana');
  const clients = await connectEverywhere(token);
  const others = await connectEverywhere(await tokenOf('bo'));
  const ended = gone(clients);
  const watch = new Stopwatch();
  expect((await staff.send('DELETE', '/sessions/ana')).status).toBe(204);
  const reasons = await ended;
  expect(watch.ms).toBeLessThan(SOON);
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
  let token = '';
  const isIn = async () => (await refusalOf((token = await tokenOf('cy')))) === undefined;
  await waitFor(isIn, 'a token that was issued later than the tolerance');
  const clients = await connectEverywhere(token);
  for (const client of clients) client.close();
});

describe('staff and a customer with the same sub', () => {
  const tokensOf = async (sub: string) => [await tokenOf(sub, 'staff'), await tokenOf(sub)] as const;

  it.each(['staff', 'customer'] as const)('are two: one can be signed out as %s', async (role) => {
    const sub = `one-${role}`;
    const [ofStaff, ofCustomer] = await tokensOf(sub);
    const [out, stays] = role === 'staff' ? [ofStaff, ofCustomer] : [ofCustomer, ofStaff];
    const [ended, others] = [await connectEverywhere(out), await connectEverywhere(stays)];
    const allEnded = gone(ended);
    expect((await staff.send('DELETE', `/sessions/${sub}?role=${role}`)).status).toBe(204);
    await allEnded;
    expect([await refusalOf(out), await refusalOf(stays)]).toEqual(['signed_out', undefined]);
    for (const url of cluster.gateways.values()) {
      expect(await TestClient.refused(url, { auth: { token: out } })).toMatchObject({ code: 'signed_out' });
    }
    for (const client of await connectEverywhere(stays)) client.close();
    expect(others.map(({ socket }) => socket.connected)).toEqual(others.map(() => true));
    for (const other of others) other.close();
  });

  it('are both signed out if no role is named', async () => {
    const tokens = await tokensOf('both');
    const clients = (await Promise.all(tokens.map(connectEverywhere))).flat();
    const ended = gone(clients);
    await staff.send('DELETE', '/sessions/both');
    await ended;
    expect(await Promise.all(tokens.map(refusalOf))).toEqual(['signed_out', 'signed_out']);
  });

  it.each(['role=owner', 'role=anonymous', 'role=', 'role=staff&role=customer', 'rol=staff'])(
    'are not signed out with ?%s, which is refused',
    async (query) => {
      const { status, body } = await staff.send<{ code: string }>('DELETE', `/sessions/sue?${query}`);
      expect([status, body.code]).toEqual([400, 'invalid_request']);
      expect((await staff.list()).status).toBe(200);
    },
  );
});

describe('whichever clock is ahead, up to the tolerance', () => {
  const OFFSETS = [-5, -4, -1, 0, 1, 4, 5];

  it('ends every connection that exists, refuses its token, and lets in a new one 10 s later at most', async () => {
    const subs = OFFSETS.map((ahead) => ({ ahead, sub: `clock-${ahead}` }));
    await Promise.all(
      subs.map(async ({ ahead, sub }) => {
        const token = await tokenFrom(ahead, sub);
        const ended = gone(await connectEverywhere(token));
        expect((await staff.send('DELETE', `/sessions/${sub}`)).status).toBe(204);
        await ended;
        expect(await refusalOf(token)).toBe('signed_out');
        const watch = new Stopwatch();
        const isIn = async () => (await refusalOf(await tokenFrom(ahead, sub))) === undefined;
        await waitFor(isIn, `${sub} to be let in`);
        expect(watch.ms).toBeLessThan(11_500);
        expect(await refusalOf(token)).toBe('signed_out');
      }),
    );
  });

  it('ends connections that exist, even if the clock of Redis is an hour behind', async () => {
    const clients = await connectEverywhere(await tokenOf('hal'));
    const ended = gone(clients);
    const redis = new Redis(cluster.redisUrl);
    const times = redis.multi().zadd('{local}:signed-out', Date.now() - 3_600_000, 'hal');
    await times.set('{local}:signed-out:version', randomBytes(8).toString('hex')).exec();
    await redis.quit();
    await ended;
  });
});

it('ends a connection with the token that it was renewed with', async () => {
  const [client] = await connectEverywhere(await tokenOf('ivy'));
  const token = await tokenFrom(5, 'ivy');
  expect(await client?.socket.timeout(5_000).emitWithAck('refreshToken', { token })).toMatchObject({ ok: true });
  const ended = gone(client ? [client] : []);
  await staff.send('DELETE', '/sessions/ivy');
  await ended;
  expect(await refusalOf(token)).toBe('signed_out');
});

it('takes effect on a replica that did not get the message', async () => {
  const clients = await connectEverywhere(await tokenOf('di'));
  const ended = gone(clients);
  const signOuts = await silentSignOuts();
  const watch = new Stopwatch();
  await signOuts.signOut('di');
  await ended;
  expect(watch.ms).toBeLessThan(SOON);
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
