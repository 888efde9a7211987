import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import mongoose, { type Connection } from 'mongoose';
import { RedisChangeFeed } from '@galley/change-feed';
import { freePort, Program, startMongo, startRedis, waitFor, type BackingService } from '@galley/testing';
import { change, place } from '../src/store/order-commit.js';
import { MONGO_OPTIONS } from '../src/store/mongo/mongo.module.js';
import { ORDER_MODEL, orderSchema, type OrderDocument } from '../src/store/mongo/order.document.js';

const ORDERS = 500;
/** The most that an order may have. */
const UNPUBLISHED_OF_EACH = 900;
const HEAP_MB = 384;

/** The part of the time of all changes within which the first must come: the API does not read the whole backlog first. */
const FIRST_WITHIN = 1 / 5;
const LIVE_WITHIN_MS = 1_000;
/** A bound for the slowest test machine. */
const ALL_WITHIN_MS = 240_000;

const COMMITTED_AT = '2026-11-23T10:00:00.000Z';

let mongo: BackingService;
let redis: BackingService;
let connection: Connection;
let runs = 0;

beforeAll(async () => {
  [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
}, 180_000);
afterAll(async () => {
  await Promise.all([mongo.stop(), redis.stop()]);
}, 60_000);

let env: NodeJS.ProcessEnv;
let url: string;
let feed: RedisChangeFeed;

beforeEach(async () => {
  const run = `backlog-${process.pid}-${++runs}`;
  const uri = new URL(mongo.url);
  uri.pathname = `/galley-test-${run}`;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  env = {
    ...{ AUTH: 'open', LOG_LEVEL: 'fatal', HOST: '127.0.0.1', PORT: String(port) },
    ...{ MONGODB_URI: uri.href, REDIS_URL: redis.url, FEED_NAME: run },
  };
  connection = await waitFor(() => mongoose.createConnection(uri.href, MONGO_OPTIONS).asPromise(), 'MongoDB');
  await connection.model(ORDER_MODEL, orderSchema).createIndexes();
  feed = new RedisChangeFeed({ url: redis.url, name: run, history: 0 });
}, 60_000);
afterEach(async () => {
  await feed.close();
  await connection.dropDatabase();
  await connection.close();
}, 60_000);

/** Stores orders with long histories, of which only the first entry is published. */
async function storeBacklog(): Promise<void> {
  const orders = connection.collection<OrderDocument>('orders');
  for (let stored = 0; stored < ORDERS; stored += 10) {
    await orders.insertMany(Array.from({ length: 10 }, (_, i) => documentWithBacklog(`o${stored + i}`)));
  }
}

function documentWithBacklog(orderId: string): OrderDocument {
  let commit = place(
    { customerId: 'ana', title: 'Annual report', quantity: 1, status: 'Delivery' },
    orderId,
    COMMITTED_AT,
  );
  const history = [commit.entry];
  while (history.length <= UNPUBLISHED_OF_EACH) {
    commit = change(commit.order, { quantity: history.length, message: 'The proofs are on their way' }, COMMITTED_AT);
    history.push(commit.entry);
  }
  const { orderId: _id, ...fields } = commit.order;
  const unpublishedSince = new Date(COMMITTED_AT);
  return { _id, ...fields, history, publishedRevision: 1, unpublishedSince, deleted: false };
}

const startApi = () => new Program('node', [`--max-old-space-size=${HEAP_MB}`, 'apps/orders-api/dist/main.js'], env);

/** Asks for liveness again and again. @returns the longest time that an answer took, once stopped */
function measureLiveness(): () => Promise<number> {
  const state = { stopped: false };
  const longest = (async () => {
    let longestMs = 0;
    while (!state.stopped) {
      const askedAt = performance.now();
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
      longestMs = Math.max(longestMs, performance.now() - askedAt);
    }
    return longestMs;
  })();
  return () => {
    state.stopped = true;
    return longest;
  };
}

const isLive = () => waitFor(async () => (await fetch(`${url}/health/live`)).ok, 'the API to start', 60_000);
const published = async () => (await feed.head())?.seq ?? 0;

async function expectAllToBePublished(api: Program): Promise<void> {
  const since = performance.now();
  const longestAnswerMs = measureLiveness();
  await waitFor(async () => (await published()) > 0, 'the first change', 60_000);
  const firstAfterMs = performance.now() - since;
  await waitFor(async () => (await published()) === ORDERS * UNPUBLISHED_OF_EACH, 'all changes', ALL_WITHIN_MS);
  const allAfterMs = performance.now() - since;
  expect(firstAfterMs).toBeLessThan(allAfterMs * FIRST_WITHIN);
  expect(await longestAnswerMs()).toBeLessThan(LIVE_WITHIN_MS);
  expect(api.isRunning).toBe(true);
  const unmarked = () => connection.collection('orders').countDocuments({ unpublishedSince: { $exists: true } });
  await waitFor(async () => (await unmarked()) === 0, 'all changes to be marked');
}

it('publishes the backlog of 500 orders with 900 changes each, from a heap of 384 MB, when it starts', async () => {
  await storeBacklog();
  const api = startApi();
  await isLive();
  await expectAllToBePublished(api);
  api.kill('SIGKILL');
  await api.exitCode();
}, 600_000);

it('does so when Redis returns', async () => {
  if (!redis.kill || !redis.restart) throw new Error('This test kills its own Redis: unset TEST_REDIS_URL');
  const api = startApi();
  await isLive();
  await redis.kill();
  await storeBacklog();
  await waitFor(async () => (await (await fetch(`${url}/health/ready`)).text()).includes('degraded'), 'the outage');
  await redis.restart();
  await expectAllToBePublished(api);
  api.kill('SIGKILL');
  await api.exitCode();
}, 600_000);
