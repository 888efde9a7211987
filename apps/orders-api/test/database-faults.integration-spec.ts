import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { listen } from '@galley/runtime';
import { OrdersClient, startMongo, waitFor, type BackingService } from '@galley/testing';
import { createOrdersApi } from '../src/create-app.js';
import { readOrdersApiConfig } from '../src/orders-api.config.js';
import { FaultyRelay, type Fault } from './faulty-relay.js';

const FAULTS: Fault[] = ['reset', 'close', 'cut-reply', 'silence', 'foreign-reply', 'broken-reply'];

/** How often each request is sent during a fault. */
const ROUNDS = 4;

let mongo: BackingService;
let redis: EmbeddedRedis;
let relay: FaultyRelay;
let app: NestFastifyApplication;
let orders: OrdersClient;

beforeAll(async () => {
  [mongo, redis] = await Promise.all([startMongo(), EmbeddedRedis.start()]);
  relay = await FaultyRelay.start(mongo.url);
  const uri = new URL(relay.url);
  uri.pathname = `/galley-test-${process.pid}-faults`;
  app = await createOrdersApi(
    readOrdersApiConfig({ AUTH: 'open', MONGODB_URI: uri.href, REDIS_URL: redis.url, LOG_LEVEL: 'fatal' }),
  );
  orders = new OrdersClient(`http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`);
  expect((await orders.place({ orderId: 'known' })).status).toBe(201);
}, 180_000);
afterAll(async () => {
  relay.setFault();
  await app.close();
  relay.close();
  await Promise.all([mongo.stop(), redis.stop()]);
}, 60_000);

const requests = [
  () => orders.place(),
  () => orders.change('known', { quantity: 7 }),
  () => orders.remove('unknown'),
  () => orders.get('known'),
  () => orders.history('known'),
  () => orders.list(),
];

it.each(FAULTS)(
  'answers 503 with Retry-After, and never 500, while the connections to MongoDB have the fault "%s"',
  async (fault) => {
    const sending = () => Promise.all(requests.map((request) => request()));
    const underWay = Array.from({ length: 3 }, sending);
    relay.setFault(fault);
    const answers = (await Promise.all(underWay)).flat();
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      answers.push(...(await sending()));
      expect(performance.now() - started).toBeLessThan(2_500);
    }
    const refused = answers.filter(({ status }) => status >= 500);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, headers, body } of refused) {
      expect({ status, body, retryAfter: headers.get('retry-after') }).toMatchObject({
        ...{ status: 503, body: { code: 'unavailable' }, retryAfter: '1' },
      });
    }
    relay.setFault();
    await waitFor(async () => (await orders.get('known')).status === 200, 'the API to recover', 30_000);
  },
  120_000,
);
