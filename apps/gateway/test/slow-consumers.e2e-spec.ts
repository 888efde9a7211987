import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { RedisChangeFeed, type Change } from '@galley/change-feed';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { listen } from '@galley/runtime';
import { TestClient, waitFor } from '@galley/testing';
import { connectStalled } from '@galley/verification';
import { createGateway } from '../src/create-app.js';
import { readGatewayConfig } from '../src/gateway.config.js';
import { SlowConsumers } from '../src/connections/slow-consumers.js';

const CHANGES = 3_000;
const BATCH = 20;

const aLongChange = (revision: number): Change => {
  const header = { orderId: 'a', customerId: 'ana', revision, timestamp: '2026-11-23T10:00:00.000Z' };
  const event = JSON.stringify({ orderId: 'a', revision, message: 'x'.repeat(10_000) });
  return { ...header, type: 'updated', event, order: '{"orderId":"a"}' };
};

let redis: EmbeddedRedis;
let feed: RedisChangeFeed;
let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  redis = await EmbeddedRedis.start();
  feed = new RedisChangeFeed({ url: redis.url, name: 'slow', history: 100 });
  app = await createGateway(
    readGatewayConfig({ AUTH: 'open', REDIS_URL: redis.url, FEED_NAME: 'slow', LOG_LEVEL: 'fatal' }),
  );
  await waitFor(() => feed.read(0, 0), 'the feed');
  url = `http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`;
});
afterAll(async () => {
  await app.close();
  await feed.close();
  await redis.stop();
});

it('cuts off a client that stands still, and nobody else', async () => {
  const healthy = await TestClient.connect(url, { transports: ['websocket'] });
  const stalled = await connectStalled(url);
  const slowConsumers = app.get(SlowConsumers, { strict: false });
  for (let first = 1; first <= CHANGES; first += BATCH) {
    await feed.append(Array.from({ length: BATCH }, (_, i) => aLongChange(first + i)));
    await waitFor(() => healthy.revisions('a/update').length === first + BATCH - 1, 'the changes');
  }
  await waitFor(() => slowConsumers.count === 1, 'the stalled client to be cut off');
  expect(healthy.socket.connected).toBe(true);
  expect(slowConsumers.count).toBe(1);
  stalled.destroy();
  healthy.close();
}, 60_000);
