import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { expect, it } from '@jest/globals';
import { mintToken, type Role } from '@galley/access';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { createGateway } from '@galley/gateway/create-app';
import { FanOut } from '@galley/gateway/fan-out/fan-out';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { createOrdersApi } from '@galley/orders-api/create-app';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { Publisher } from '@galley/orders-api/publication/publisher';
import { listen } from '@galley/runtime';
import { aPlaceOrder, OrdersClient, own, TestClient, waitFor } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { batchesContract } from './batches.contract.js';

batchesContract(() => startCluster({ gateways: 1 }));

const secret = randomBytes(32).toString('hex');
const LOCAL = { host: '127.0.0.1', port: 0 };

/** An orders API, and the tokens that it accepts. */
async function startApi(settings: NodeJS.ProcessEnv = {}) {
  const redis = await EmbeddedRedis.start();
  own(() => redis.stop());
  const env = { AUTH_JWT_SECRET: secret, REDIS_URL: redis.url, LOG_LEVEL: 'fatal', ...settings };
  const api = await createOrdersApi(readOrdersApiConfig(env));
  own(() => api.close());
  const url = `http://127.0.0.1:${await listen(api, LOCAL)}`;
  const tokenOf = (role: Exclude<Role, 'anonymous' | 'tracker'>, sub: string) =>
    mintToken({ secret, role, sub, expiresIn: 600 });
  const clientOf = async (...who: Parameters<typeof tokenOf>) => new OrdersClient(url, await tokenOf(...who));
  return { api, env, url, tokenOf, staff: await clientOf('staff', 'sam'), clientOf };
}

const placings = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ type: 'place', order: aPlaceOrder({ orderId: `job-${i}` }) }));

it('takes one append, and one write to each client', async () => {
  const { api, env, staff, tokenOf } = await startApi();
  const gateway = await createGateway(readGatewayConfig({ ...env, GATEWAY_NAME: 'batches' }));
  own(() => gateway.close());
  const url = `http://127.0.0.1:${await listen(gateway, LOCAL)}`;
  const token = await tokenOf('staff', 'sam');
  const clients = await Promise.all(Array.from({ length: 3 }, () => TestClient.connect(url, { auth: { token } })));
  const { counts: appends } = api.get(Publisher);
  const { counts: sent } = gateway.get(FanOut);
  const before = { batches: appends.batches, writes: sent.writes };
  await staff.batch(placings(200));
  const moves = Array.from({ length: 200 }, (_, i) => ({
    type: 'change',
    orderId: `job-${i}`,
    changes: { rush: true },
  }));
  await waitFor(() => clients.every(({ events }) => events.length === 200), 'the placings');
  expect({ batches: appends.batches - before.batches, writes: sent.writes - before.writes }).toEqual({
    batches: 1,
    writes: 3,
  });
  await staff.batch(moves);
  await waitFor(() => clients.every((client) => client.revisions('orderUpdated').length === 200), 'the changes');
  expect({ batches: appends.batches - before.batches, writes: sent.writes - before.writes }).toEqual({
    batches: 2,
    writes: 6,
  });
});

it('is for staff alone: a customer can touch neither their own orders nor those of others', async () => {
  const { staff, clientOf } = await startApi();
  await staff.place({ orderId: 'theirs', customerId: 'bo' });
  await staff.place({ orderId: 'mine', customerId: 'ana' });
  const changes = ['theirs', 'mine'].map((orderId) => ({ type: 'change', orderId, changes: { closed: true } }));
  for (const role of ['customer', 'screen'] as const) {
    const asked = await clientOf(role, 'ana');
    expect(await asked.batch(changes)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  }
  for (const orderId of ['theirs', 'mine']) expect((await staff.get(orderId)).body.revision).toBe(1);
});

it('counts as many requests as it has operations, and goes on with other users', async () => {
  const { staff, clientOf } = await startApi({ RATE_LIMIT_PER_SECOND: '1', RATE_LIMIT_BURST: '20' });
  expect((await staff.batch(placings(50))).status).toBe(200);
  const refused = await staff.list();
  expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
  // 30 are owed, and one more is needed. However busy the machine is, much of this half-minute is left.
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(10);
  expect((await (await clientOf('staff', 'zoe')).list()).status).toBe(200);
});

it('reads no body of callers who may not send it', async () => {
  const { url, tokenOf } = await startApi();
  const { hostname, port } = new URL(url);
  const answerTo = async (authorization: string) => {
    const socket = connect({ host: hostname, port: Number(port) });
    own(() => {
      socket.destroy();
    });
    let answer = '';
    socket.on('data', (chunk) => (answer += chunk.toString())).on('error', () => undefined);
    // Nothing of the body is ever sent.
    socket.write(`POST /batches HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500000\r\n`);
    socket.write(`${authorization}\r\n`);
    await waitFor(() => answer.includes('}'), 'an answer');
    return answer.split('\r\n')[0];
  };
  expect(await answerTo('')).toBe('HTTP/1.1 401 Unauthorized');
  expect(await answerTo(`Authorization: Bearer ${await tokenOf('customer', 'ana')}\r\n`)).toBe(
    'HTTP/1.1 403 Forbidden',
  );
});
