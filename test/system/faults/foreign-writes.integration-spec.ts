import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { OrdersClient, startMongo, startRedis, TestClient, type BackingService } from '@galley/testing';
import { databaseOf, startReplicas } from '../harness/replicas.js';
import { showsTheStore, trackReplicas } from '../harness/track-replicas.js';

const [HEAD, LOG] = ['{foreign}:head', '{foreign}:log'];

const ORDERS = 5;
const CHANGES_BEFORE = 20;
const CHANGES_AFTER = 60;
const CHANGE_EVERY_MS = 20;

/** How late a client may know of a change. */
const TOLD_WITHIN_MS = 5_000;

let mongo: BackingService;
let broker: BackingService;
const ALL_REVISIONS = Array.from({ length: (CHANGES_BEFORE + CHANGES_AFTER) / ORDERS }, (_, i) => i + 2);

const epochOf = (position = '') => position.split(':')[0];

let redis: Redis;
let replicas: Awaited<ReturnType<typeof startReplicas>>;
let apis: OrdersClient[];

beforeAll(async () => {
  [mongo, broker] = await Promise.all([startMongo(), startRedis()]);
  const env = { MONGODB_URI: databaseOf(mongo.url, 'foreign'), REDIS_URL: broker.url, FEED_NAME: 'foreign' };
  replicas = await startReplicas({ apis: 2, gateways: ['one', 'two'], env });
  apis = replicas.apis.map(({ url }) => new OrdersClient(url));
  redis = new Redis(broker.url);
}, 180_000);
afterAll(async () => {
  redis.disconnect();
  await replicas.stop();
  await Promise.all([mongo.stop(), broker.stop()]);
}, 60_000);

it.each([
  ['a foreign entry is added to the log', () => redis.xadd(LOG, '*', 'x', 'y')],
  ['the head is deleted', () => redis.del(HEAD)],
  [
    'the head is set to an older position',
    async (earlier: string) => {
      await redis.set(HEAD, earlier);
    },
  ],
  ['the log is deleted', () => redis.del(LOG)],
  ['all data of Redis is deleted', () => redis.flushall()],
])(
  'if %s under load, every client knows every change within 5 s',
  async (what, harm) => {
    const trackers = replicas.gateways.flatMap((gateway) =>
      replicas.apis.slice(0, 1).map((api) => trackReplicas(gateway, api)),
    );
    const clients = await Promise.all(replicas.gateways.map(({ url }) => TestClient.connect(url)));
    const [orders] = apis as [OrdersClient];
    for (const tracker of trackers) await showsTheStore(tracker, orders);

    const orderIds = Array.from({ length: ORDERS }, (_, i) => `${what.replaceAll(' ', '-')}-${i}`);
    for (const orderId of orderIds) await orders.place({ orderId });
    const knownEverywhere: Promise<number>[] = [];
    let earlier = '';
    for (let i = 0; i < CHANGES_BEFORE + CHANGES_AFTER; i++) {
      if (i === CHANGES_BEFORE / 2) earlier = (await redis.get(HEAD)) ?? '';
      if (i === CHANGES_BEFORE) await harm(earlier);
      const orderId = orderIds[i % ORDERS] ?? '';
      const { body } = await (apis[i % apis.length] ?? orders).change(orderId, { quantity: i + 1 });
      const signal = AbortSignal.timeout(4 * TOLD_WITHIN_MS);
      const committedAt = performance.now();
      const known = Promise.all(trackers.map((tracker) => tracker.when(orderId, body.revision, { signal })));
      knownEverywhere.push(known.then(() => performance.now() - committedAt));
      await delay(CHANGE_EVERY_MS);
    }
    const latenesses = await Promise.all(knownEverywhere);
    expect(Math.max(...latenesses)).toBeLessThan(TOLD_WITHIN_MS);

    for (const tracker of trackers) {
      await showsTheStore(tracker, orders);
      tracker.close();
    }
    for (const client of clients) {
      const isTold = client.connectionEvents.some(({ name }) => name === 'resync');
      for (const orderId of orderIds) {
        const updates = client.events.filter(({ name }) => name === `${orderId}/update`);
        const epochs = new Set(updates.map(({ payload }) => epochOf(payload.position)));
        if (!isTold) expect(client.revisions(`${orderId}/update`)).toEqual(ALL_REVISIONS);
        // A change that was not marked yet when its epoch ended is told again in the next one.
        for (const epoch of epochs) {
          const revisions = updates
            .filter(({ payload }) => epochOf(payload.position) === epoch)
            .map(({ payload }) => payload.revision ?? 0);
          const [first = 0] = revisions;
          expect(revisions).toEqual(revisions.map((_, i) => first + i));
        }
      }
      client.close();
    }
  },
  60_000,
);
