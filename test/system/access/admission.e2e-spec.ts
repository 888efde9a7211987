import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { exchange, OrdersClient, TestClient, waitFor } from '@galley/testing';
import { frame, RawClient, upgradeRequest } from '@galley/verification';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const SHOP = 'https://shop.example';
const secret = randomBytes(32).toString('hex');
const tokenOf = (sub: string) => mintToken({ secret, role: 'customer', sub, expiresIn: 600 });
const REQUIRED = { AUTH: 'required', AUTH_JWT_SECRET: secret };

const UPGRADE = upgradeRequest('localhost');

let cluster: TestCluster;
const clients: TestClient[] = [];

async function start(settings: NodeJS.ProcessEnv = {}): Promise<string> {
  cluster = await startCluster({ gateways: 1, settings });
  return [...cluster.gateways.values()][0] ?? '';
}
/** As a proxy would pass it on, which in these clusters is believed. */
const from = (address: string) => ({ extraHeaders: { 'x-forwarded-for': address } });
async function join(url: string, options: Parameters<typeof TestClient.connect>[1] = {}): Promise<TestClient> {
  const client = await TestClient.connect(url, options);
  clients.push(client);
  return client;
}
/** The answer to a handshake: 200, or a refusal with its code. */
async function handshake(url: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  const response = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers });
  const text = await response.text();
  return [response.status, response.ok ? '' : (JSON.parse(text) as { code: string }).code];
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await cluster.close();
});

describe('a web page', () => {
  it.each(['websocket', 'polling'])(
    'of another origin is refused over %s, one that is allowed is not',
    async (name) => {
      const url = await start({ ALLOWED_ORIGINS: `${SHOP},http://localhost:*` });
      const options = (origin: string) => ({ transports: [name], extraHeaders: { origin } });
      for (const origin of ['https://evil.example', `${SHOP}.evil.example`, 'http://shop.example', 'null']) {
        expect(await TestClient.refused(url, options(origin))).toMatchObject({ code: 'forbidden' });
      }
      for (const origin of [SHOP, 'http://localhost:5173', url]) await join(url, options(origin));
    },
  );

  it('of an allowed origin may read and write orders, others may not, and without any there is nothing to say', async () => {
    await start({ ALLOWED_ORIGINS: SHOP });
    const preflight = (origin: string, method: string) =>
      fetch(`${cluster.url}/orders/x`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization' },
      });
    for (const method of ['PATCH', 'DELETE']) {
      const { headers } = await preflight(SHOP, method);
      expect(headers.get('access-control-allow-origin')).toBe(SHOP);
      expect(headers.get('access-control-allow-methods')).toContain(method);
      expect((await preflight('https://evil.example', method)).headers.get('access-control-allow-origin')).toBeNull();
    }
    await cluster.close();
    await start({ ALLOWED_ORIGINS: '' });
    const { headers } = await fetch(`${cluster.url}/orders`, { headers: { origin: SHOP } });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('gets answers that browsers do not misuse', async () => {
    await start();
    const { headers } = await fetch(`${cluster.url}/orders`);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'cache-control': 'no-store',
    });
    // It would bind the shop's whole domain, and only the proxy that ends TLS knows about that.
    expect(headers.get('strict-transport-security')).toBeNull();
  });
});

describe('too much of it', () => {
  it('refuses more connections than a gateway takes, until one of them ends', async () => {
    const url = await start({ MAX_CONNECTIONS: '2' });
    const first = await join(url);
    await join(url);
    expect(await handshake(url)).toEqual([429, 'too_many_connections']);
    first.close();
    await waitFor(async () => (await handshake(url))[0] === 200, 'room for another');
  });

  it('refuses more connections of one address, and goes on with others', async () => {
    const url = await start({ MAX_CONNECTIONS_PER_ADDRESS: '2' });
    await join(url, from('10.0.0.1'));
    await join(url, from('10.0.0.1'));
    expect(await handshake(url, { 'x-forwarded-for': '10.0.0.1' })).toEqual([429, 'too_many_connections']);
    await join(url, from('10.0.0.2'));
  });

  it('refuses more connections of one user, who may come back', async () => {
    const url = await start({ ...REQUIRED, MAX_CONNECTIONS_PER_PRINCIPAL: '2' });
    const auth = { token: await tokenOf('ana') };
    const first = await join(url, { auth });
    await join(url, { auth });
    expect(await TestClient.refused(url, { auth })).toMatchObject({ code: 'too_many_connections', retryable: true });
    await join(url, { auth: { token: await tokenOf('bo') } });
    first.close();
    await join(url, { auth });
  });

  it('refuses handshakes of an address that has made many, and no others', async () => {
    const url = await start({ HANDSHAKES_PER_ADDRESS_PER_SECOND: '1', HANDSHAKES_PER_ADDRESS_BURST: '5' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => handshake(url, { 'x-forwarded-for': '10.0.0.1' })),
    );
    expect(answers.filter(([status]) => status === 200)).toHaveLength(5);
    expect(answers.filter(([, code]) => code === 'too_many_requests')).toHaveLength(5);
    expect((await handshake(url, { 'x-forwarded-for': '10.0.0.2' }))[0]).toBe(200);
  });

  it('refuses the events of a client that sends many, and keeps it', async () => {
    const url = await start({ EVENTS_PER_SECOND: '1', EVENTS_BURST: '5' });
    const client = await join(url);
    const answers = await Promise.all(Array.from({ length: 8 }, () => client.joinRoom()));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(5);
    expect(answers.at(-1)).toMatchObject({ ok: false, error: { code: 'too_many_requests' } });
    await cluster.orders.place({ orderId: 'heard' });
    await client.event('orderCreated');
  });

  it('ends a client that goes on sending, known events or not', async () => {
    const url = await start({ EVENTS_PER_SECOND: '1', EVENTS_BURST: '5' });
    const client = await join(url, { reconnection: false });
    const ended = once(client.socket as never, 'disconnect');
    for (let i = 0; i < 1_010; i++) (client.socket as { emit(name: string): void }).emit('whatever');
    await ended;
  });

  it('makes one socket of a connection, however often that says who it is', async () => {
    const url = await start();
    const client = await RawClient.connect({ url });
    client.send(frame('40'), frame('40'));
    await waitFor(() => client.hasEnded, 'the end of the connection');
    // And before it is known whether it may.
    expect(await exchange(url, Buffer.concat([Buffer.from(UPGRADE), frame('40'), frame('40')]))).not.toContain('ready');
  });

  it('does not keep the connection of a client that has left', async () => {
    const client = await RawClient.connect({ url: await start() });
    client.send(frame('41'));
    await waitFor(() => client.hasEnded, 'the end of the connection');
  });

  it('refuses the requests of a user that asks too often, says when to come back, and goes on with others', async () => {
    await start({ ...REQUIRED, RATE_LIMIT_PER_SECOND: '1', RATE_LIMIT_BURST: '5' });
    const ana = new OrdersClient(cluster.url, await tokenOf('ana'));
    const answers = await Promise.all(Array.from({ length: 8 }, () => ana.list()));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused).toMatchObject({ body: { code: 'too_many_requests' } });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await new OrdersClient(cluster.url, await tokenOf('bo')).list()).status).toBe(200);
  });

  it('refuses bodies of more than 64 kB and of more than 16 levels, and messages of more than 16 kB', async () => {
    const url = await start();
    const refusal = async (body: string) => (await cluster.orders.send<{ code: string }>('POST', '/orders', body)).body;
    expect(await refusal(`{"title":"${'x'.repeat(65_536)}"}`)).toMatchObject({ code: 'body_too_large' });
    expect(await refusal('['.repeat(17) + ']'.repeat(17))).toMatchObject({ code: 'invalid_request' });
    const client = await join(url, { reconnection: false });
    const ended = once(client.socket as never, 'disconnect');
    client.socket.emit('joinRoom', { orderId: 'x'.repeat(20_000) });
    await ended;
  });
});

it('keeps everybody who is connected through a flood of strangers', async () => {
  const url = await start({
    ...REQUIRED,
    MAX_CONNECTIONS: '400',
    // So few that it hardly matters how long the flood takes.
    HANDSHAKES_PER_SECOND: '10',
    HANDSHAKES_BURST: '500',
  });
  const auth = { token: await mintToken({ secret, role: 'staff', sub: 'sue', expiresIn: 600 }) };
  const good = await Promise.all(Array.from({ length: 20 }, () => join(url, { auth, reconnection: false })));
  const { hostname, port } = new URL(url);
  const strangers = Array.from({ length: 300 }, () => connect({ host: hostname, port: Number(port) }));
  const polling = Array.from({ length: 1_000 }, (_, i) => handshake(url, { 'x-forwarded-for': `10.0.1.${i % 250}` }));
  const refused = (await Promise.all(polling)).filter(([status]) => status !== 200);
  expect(refused.length).toBeGreaterThan(300);
  await new OrdersClient(cluster.url, auth.token).place({ orderId: 'heard' });
  for (const client of good) await client.event('orderCreated');
  expect(good.map(({ socket }) => socket.connected)).toEqual(good.map(() => true));
  for (const stranger of strangers) stranger.destroy();
});
