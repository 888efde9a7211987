import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { RedisChangeFeed } from '@galley/change-feed';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { listen } from '@galley/runtime';
import { OrdersClient, TestClient, waitFor } from '@galley/testing';
import { FrameClient } from '@galley/verification';
import { createGateway } from '../src/create-app.js';
import { readGatewayConfig } from '../src/gateway.config.js';

const CLIENTS = 100;
const WINDOW = 1_000;
const SLICES = 5;

let redis: EmbeddedRedis;
let feed: RedisChangeFeed;
const apps: NestFastifyApplication[] = [];
const urls: string[] = [];

beforeAll(async () => {
  redis = await EmbeddedRedis.start();
  feed = new RedisChangeFeed({ url: redis.url, name: 'drain', history: 1_000 });
  for (const name of ['leaving', 'staying']) {
    const env = { AUTH: 'open', REDIS_URL: redis.url, FEED_NAME: 'drain', LOG_LEVEL: 'fatal' };
    const app = await createGateway(readGatewayConfig({ ...env, GATEWAY_NAME: name, DRAIN_WINDOW_MS: `${WINDOW}` }));
    apps.push(app);
    urls.push(`http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`);
  }
  await waitFor(() => feed.read(0, 0), 'the feed');
});
afterAll(async () => {
  await apps[1]?.close();
  await feed.close();
  await redis.stop();
});

const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);

let published = 0;
const publish = () => {
  const orderId = `order-${++published}`;
  const event = JSON.stringify({ orderId, revision: 1 });
  const timestamp = '2026-11-25T10:00:00.000Z';
  return feed.append([{ type: 'created', orderId, customerId: 'ana', revision: 1, timestamp, event, order: event }]);
};

it('sends its clients to another replica one by one, each of which hears of every change once and in order', async () => {
  const [leaving = '', staying = ''] = urls;
  const options = { transports: ['websocket'], reconnection: false };
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => TestClient.connect(leaving, options)));
  await publish();
  await Promise.all(clients.map((client) => client.event('orderCreated')));

  const closedAt: number[] = [];
  const moved = clients.map(
    (client) =>
      new Promise<TestClient>((resolve, reject) => {
        client.socket.once('disconnect', (reason) => {
          closedAt.push(performance.now());
          // A client for which this is a goodbye for good would not come back.
          if (reason !== 'transport close') reject(new Error(reason));
          TestClient.connect(staying, { ...options, auth: { position: client.position } }).then(resolve, reject);
        });
      }),
  );
  const stopped = apps[0]?.close();
  // Once it has begun, it says so, and takes nobody any more; whoever is still there hears of what happens.
  await waitFor(() => closedAt.length > 0, 'the first to leave');
  const readiness = await new OrdersClient(leaving).send('GET', '/health/ready');
  expect(readiness).toMatchObject({ status: 503, body: { error: { accepting: { reason: 'draining' } } } });
  expect((await new OrdersClient(leaving).send('GET', '/health/live')).status).toBe(200);
  const refused = await fetch(`${leaving}/socket.io/?EIO=4&transport=polling`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  await expect(FrameClient.connect(leaving)).rejects.toThrow('503 Service Unavailable');
  const publishing = setInterval(() => void publish(), WINDOW / 50);
  const later = await Promise.all(moved);
  clearInterval(publishing);
  await stopped;
  await publish();

  const expected = upTo(published).map((number) => `order-${number}`);
  for (const [i, client] of later.entries()) {
    await client.event('orderCreated', ({ orderId }) => orderId === expected.at(-1));
    const heard = [...(clients[i]?.events ?? []), ...client.events].map(({ payload }) => payload.orderId);
    expect(heard).toEqual(expected);
    expect(client.ready?.recovered).toBe(true);
    client.close();
  }
  // None of them in a crowd.
  const [first = 0] = closedAt;
  const sliceOf = (at: number) => Math.floor(((at - first) * SLICES) / WINDOW);
  const slices = upTo(SLICES).map((_, slice) => closedAt.filter((at) => sliceOf(at) === slice).length);
  expect(Math.max(...slices)).toBeLessThan((3 * CLIENTS) / SLICES);
});
