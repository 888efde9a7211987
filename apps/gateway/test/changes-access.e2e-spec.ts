import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken, SignOuts, TrackingLinks } from '@galley/access';
import { type UserRole } from '@galley/contracts';
import { TestClient, waitFor } from '@galley/testing';
import { FeedFollower } from '../src/feed/feed-follower.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../src/gateway.config.js';
import { aChange, startGateways, upTo, type Gateways } from './gateways.js';
import { StreamClient } from './stream-client.js';

const secret = randomBytes(32).toString('hex');
const STAFF_PART = { actor: { role: 'staff', sub: 'secret-sub' }, note: 'secret-note' } as const;

let gateways: Gateways;
let url: string;

beforeAll(async () => {
  const settings = { AUTH: 'required', AUTH_JWT_SECRET: secret, MAX_CONNECTIONS_PER_PRINCIPAL: '3' };
  gateways = await startGateways(['one'], settings);
  [url = ''] = gateways.urls;
  await gateways.feed.append([aChange('first', 1, undefined, { customerId: 'cleo' })]);
  const follower = gateways.apps[0]?.get(FeedFollower, { strict: false });
  await waitFor(() => follower?.head, 'the first change');
});
afterAll(() => gateways.close());

const tokenOf = (role: UserRole, sub: string, expiresIn = 600) => mintToken({ secret, role, sub, expiresIn });

const open = async (role: UserRole, sub: string, query = '') => {
  const stream = await StreamClient.open(url, query, { token: await tokenOf(role, sub) });
  await stream.event('ready');
  return stream;
};

describe('a stream', () => {
  it.each<[string, number, string, Record<string, string>]>([
    ['no token', 401, 'unauthenticated', {}],
    ['a token that is none', 401, 'token_invalid', { authorization: 'Bearer x.y.z' }],
  ])('is refused to a client with %s', async (_what, status, code, headers) => {
    const answer = await fetch(`${url}/changes`, { headers });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('counts as a connection of its user', async () => {
    const streams = [await open('staff', 'sue'), await open('staff', 'sue')];
    const socket = await TestClient.connect(url, { auth: { token: await tokenOf('staff', 'sue') } });
    const ask = async () =>
      (await fetch(`${url}/changes`, { headers: { authorization: `Bearer ${await tokenOf('staff', 'sue')}` } })).status;
    expect(await ask()).toBe(429);
    socket.close();
    streams[0]?.close();
    await waitFor(async () => {
      const again = await StreamClient.open(url, '', { token: await tokenOf('staff', 'sue') }).catch(() => undefined);
      return again?.event('ready');
    }, 'room for another stream');
  });

  it('counts also before it is accepted', async () => {
    const token = await tokenOf('staff', 'hasty');
    const opened = await Promise.all(upTo(20).map(() => StreamClient.open(url, '', { token }).catch(String)));
    expect(opened.filter((stream) => stream === 'Error: 429')).toHaveLength(17);
  });

  it('costs its address a token each time if its own token is wrong, and nothing otherwise', async () => {
    const settings = { STRANGER_REQUESTS_PER_SECOND: '1', STRANGER_REQUESTS_BURST: '5' };
    const strict = await gateways.start('strict', settings);
    const token = await tokenOf('staff', 'stan');
    for (let i = 0; i < 20; i++) (await StreamClient.open(strict, '', { token })).close();
    const wrong = { headers: { authorization: `Bearer ${token}x` } };
    const answers = await Promise.all(upTo(8).map(() => fetch(`${strict}/changes`, wrong)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...upTo(5).map(() => 401), 429, 429, 429]);
  });

  it('brings each client what it may see, and no byte of anything else', async () => {
    const [staff, screen, ana, ben, one] = [
      await open('staff', 'sam'),
      await open('screen', 'wall'),
      await open('customer', 'ana'),
      await open('customer', 'ben'),
      await open('customer', 'ana', '?orderId=ana-1'),
    ];
    const since = staff.lastEventId ?? '';
    const changes = upTo(30).flatMap((i) =>
      ['ana', 'ben'].flatMap((customerId) =>
        [1, 2].map((revision) =>
          aChange(`${customerId}-${i}`, revision, 'text', { customerId, staffPart: STAFF_PART }),
        ),
      ),
    );
    await gateways.feed.append(changes);
    const isLast = ({ name }: { name: string }) => name === 'ben-30/update';
    await waitFor(() => [staff, screen, ben].every(({ events }) => events.some(isLast)), 'the last change');
    await waitFor(() => ana.events.some(({ name }) => name === 'ana-30/update'), 'the last change of ana');
    await waitFor(() => one.events.length === 2, 'the change of the one order');
    const again = await Promise.all([
      open('screen', 'wall', `?since=${since}`),
      open('customer', 'ana', `?since=${since}`),
      open('customer', 'ben', `?since=${since}&orderId=ben-1`),
    ]);
    expect(again.map(({ ready }) => ready?.payload.replayed)).toEqual([120, 60, 1]);
    for (const { received } of [screen, ana, ben, one, ...again]) expect(received).not.toMatch(/secret|"actor"|"note"/);
    for (const { received } of [ana, one, again[1]]) expect(received).not.toContain('ben-');
    for (const { received } of [ben, again[2]]) expect(received).not.toContain('ana-');
    expect(staff.received.match(/secret-note/g)).toHaveLength(180);
    for (const { payload } of staff.events.filter(({ name }) => name !== 'ready'))
      expect(payload).toMatchObject(STAFF_PART);
  });

  it('brings the holder of a link their order alone, also what they missed, until it is gone', async () => {
    const config = gateways.apps[0]?.get<GatewayConfig>(GATEWAY_CONFIG, { strict: false });
    const { token } = await new TrackingLinks({ secret }, config?.auth ?? { mode: 'open' }).sign('linked', 600);
    const live = await StreamClient.open(url, '', { token });
    await live.event('ready');
    const both = (revision: number) =>
      ['other', 'linked'].map((order) => aChange(order, revision, 'text', { staffPart: STAFF_PART }));
    await gateways.feed.append([...both(1), ...both(2)]);
    await live.event('linked/update');
    live.close();
    await gateways.feed.append([
      ...both(3),
      ...both(4).map((change) => ({ ...change, type: 'deleted' as const, order: undefined })),
    ]);
    const back = await StreamClient.open(url, '', { token, lastEventId: live.lastEventId });
    expect((await back.event('ready')).payload).toMatchObject({ recovered: true, replayed: 2 });
    expect([...live.events, ...back.events].map(({ name }) => name)).toEqual([
      'ready',
      'linked/update',
      'linked/update',
      'orderDeleted',
      'ready',
    ]);
    for (const { received } of [live, back]) expect(received).not.toMatch(/other|secret|"actor"|"note"/);
    const another = await fetch(`${url}/changes?orderId=other`, { headers: { authorization: `Bearer ${token}` } });
    expect([another.status, ((await another.json()) as { code: string }).code]).toEqual([404, 'order_not_found']);
  });

  it('ends when its user is signed out, and is refused from then on', async () => {
    const [leaving, staying] = [await open('staff', 'lea'), await open('staff', 'stan')];
    await gateways.apps[0]?.get(SignOuts, { strict: false }).signOut('lea');
    await leaving.ended();
    const token = await tokenOf('staff', 'lea');
    const answer = await fetch(`${url}/changes`, { headers: { authorization: `Bearer ${token}` } });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'signed_out']);
    expect(staying.hasEnded).toBe(false);
  });

  it('says that its token is about to end, and ends with it', async () => {
    const token = await tokenOf('staff', 'short', 6);
    const stream = await StreamClient.open(url, '', { token });
    const { id, payload } = await stream.event('tokenExpiring');
    expect(id).toBeUndefined();
    expect(Date.parse(String(payload.expiresAt))).toBeGreaterThan(Date.now());
    await stream.ended();
    expect(stream.retryAfter).toBe(1_000);
    const answer = await fetch(`${url}/changes`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
  });
});
