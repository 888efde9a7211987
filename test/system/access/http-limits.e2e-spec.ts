import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { createGateway } from '@galley/gateway/create-app';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { createOrdersApi } from '@galley/orders-api/create-app';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { listen } from '@galley/runtime';
import { OrdersClient, waitFor } from '@galley/testing';

const GET_LIVE = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n';
const secret = randomBytes(32).toString('hex');

let redis: EmbeddedRedis;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  redis = await EmbeddedRedis.start();
});
afterAll(async () => {
  for (const close of closers) await close();
  await redis.stop();
});

/** Starts one process of ours. No proxy is trusted unless the settings say so. @returns its URL */
async function start(name: string, settings: NodeJS.ProcessEnv = {}): Promise<string> {
  const env = { AUTH_JWT_SECRET: secret, REDIS_URL: redis.url, LOG_LEVEL: 'fatal', ...settings };
  const app =
    name === 'gateway'
      ? await createGateway(readGatewayConfig({ ...env, GATEWAY_NAME: 'limited' }))
      : await createOrdersApi(readOrdersApiConfig(env));
  closers.push(() => app.close());
  return `http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`;
}

function open(url: string): Socket {
  const { hostname, port } = new URL(url);
  return connect({ host: hostname, port: Number(port) })
    .on('error', () => undefined)
    .resume();
}

describe.each(['orders-api', 'gateway'])('strangers at a %s', (name) => {
  it('have an idle connection for seconds; a trusted proxy has it for longer', async () => {
    const [strange, trusting] = [await start(name), await start(name, { TRUST_PROXY: 'loopback' })];
    const [stranger, proxy] = [open(strange), open(trusting)];
    for (const socket of [stranger, proxy]) {
      socket.write(GET_LIVE);
      await once(socket, 'data');
    }
    await waitFor(() => stranger.destroyed, 'the end of the idle connection', 8_000);
    expect(proxy.destroyed).toBe(false);
    proxy.destroy();
  });

  it('have a limited number of connections from one address; a trusted proxy has not', async () => {
    const limit = { MAX_HTTP_CONNECTIONS_PER_ADDRESS: '3' };
    const strange = await start(name, limit);
    const sockets = Array.from({ length: 5 }, () => open(strange));
    await waitFor(() => sockets.filter(({ destroyed }) => destroyed).length === 2, 'two connections to be refused');
    for (const socket of sockets) socket.destroy();
    await waitFor(async () => (await new OrdersClient(strange).send('GET', '/health/live')).status === 200, 'room');
    const trusting = await start(name, { ...limit, TRUST_PROXY: 'loopback' });
    const answers = Array.from({ length: 5 }, () => new OrdersClient(trusting).send('GET', '/health/live'));
    for (const { status } of await Promise.all(answers)) expect(status).toBe(200);
  });

  it('have a limited number of connections from all addresses', async () => {
    const url = await start(name, { MAX_HTTP_CONNECTIONS: '3' });
    const sockets = Array.from({ length: 5 }, () => open(url));
    await waitFor(() => sockets.filter(({ destroyed }) => destroyed).length === 2, 'two connections to be refused');
    for (const socket of sockets) socket.destroy();
  });

  it('are refused when an address asks too often for what does not exist, and get their health checks', async () => {
    const url = await start(name, { STRANGER_REQUESTS_PER_SECOND: '1', STRANGER_REQUESTS_BURST: '5' });
    const statuses = async (method: string, path: string) => {
      const answers = Array.from({ length: 8 }, () => new OrdersClient(url).send(method, path));
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    const unknown = await statuses('GET', '/nowhere');
    expect(unknown.filter((status) => status === 404)).toHaveLength(5);
    expect(unknown.filter((status) => status === 429)).toHaveLength(3);
    expect(await statuses('GET', '/health/live')).toEqual(Array.from({ length: 8 }, () => 200));
    expect(await statuses('PUT', '/health/live')).toContain(429);
  });
});

it('a wrong token costs its address a token each time, a valid one costs nothing', async () => {
  const url = await start('orders-api', { STRANGER_REQUESTS_PER_SECOND: '1', STRANGER_REQUESTS_BURST: '5' });
  const token = await mintToken({ secret, role: 'staff', sub: 'sue', expiresIn: 600 });
  for (let i = 0; i < 20; i++) expect((await new OrdersClient(url, token).list()).status).toBe(200);
  const wrong = await Promise.all(Array.from({ length: 8 }, () => new OrdersClient(url, `${token}x`).list()));
  expect(wrong.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(wrong.filter(({ status }) => status === 429)).toHaveLength(3);
});
