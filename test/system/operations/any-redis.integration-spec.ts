import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import {
  OrdersClient,
  RedisCluster,
  RedisSentinels,
  startMongo,
  TestClient,
  type BackingService,
} from '@galley/testing';
import { checkRun, Workload } from '@galley/verification';
import { databaseOf, startReplicas } from '../harness/replicas.js';

const GATEWAYS = ['one', 'two', 'three'];
const CLIENTS = 15;
/** The changes both before and after a fault. */
const CHANGES = 120;

const secret = randomBytes(32).toString('hex');
const feedName = `any-redis-${process.pid}`;
/** A key of the feed. All others are on the same node. */
const KEY = `{${feedName}}:seq`;

let mongo: BackingService;
let token: string;
let seed = 1;

beforeAll(async () => {
  mongo = await startMongo();
  token = await mintToken({ secret, role: 'staff', sub: 'sue', expiresIn: 3_600 });
}, 300_000);
afterAll(() => mongo.stop());

const start = (redisUrl: string, name: string) =>
  startReplicas({
    apis: 2,
    gateways: GATEWAYS,
    env: {
      ...{ AUTH: 'required', AUTH_JWT_SECRET: secret, FEED_NAME: feedName, SWEEP_AFTER_MS: '500' },
      ...{ REDIS_URL: redisUrl, FEED_HEARTBEAT_MS: '1000' },
    },
    ofApi: () => ({ MONGODB_URI: databaseOf(mongo.url, name) }),
  });

/** The tests of one kind of Redis. */
function keepsItsPromises(replicasOf: () => Awaited<ReturnType<typeof start>>) {
  let workload: Workload;

  beforeEach(async () => {
    const replicas = replicasOf();
    await Promise.all(replicas.all.map((replica) => replica.isReady()));
    workload = new Workload({
      apiUrls: replicas.apis.map(({ url }) => url),
      gatewayUrls: replicas.gateways.map(({ url }) => url),
      ...{ clients: CLIENTS, orders: CHANGES / 4, concurrency: 4, seed: seed++, settleWithinMs: 20_000, token },
    });
    await workload.connect();
  }, 60_000);
  afterEach(() => {
    workload.close();
  });

  it('brings announcements and sign-outs to every gateway', async () => {
    const { apis, gateways } = replicasOf();
    const staff = new OrdersClient(apis[0]?.url ?? '', token);
    const auth = { token: await mintToken({ secret, role: 'customer', sub: 'ana', expiresIn: 600 }) };
    const clients = await Promise.all(gateways.map(({ url }) => TestClient.connect(url, { auth })));
    expect((await staff.announce('Closed on Friday')).status).toBe(202);
    for (const client of clients) await client.event('announcement');
    const ended = Promise.all(clients.map(({ socket }) => once(socket as never, 'disconnect')));
    expect((await staff.send('DELETE', '/sessions/ana')).status).toBe(204);
    await ended;
    for (const { url } of gateways)
      expect(await TestClient.refused(url, { auth })).toMatchObject({ code: 'signed_out' });
  });

  /** Writes before, during and after a fault. @returns how often clients had to fetch anew */
  return async (fault: () => Promise<unknown>): Promise<number> => {
    const state = { done: false };
    await workload.writers.run(CHANGES);
    const writing = (async () => {
      while (!state.done) await workload.writers.run(20);
    })();
    await fault();
    state.done = true;
    await writing;
    await workload.writers.run(CHANGES);
    const { violations, counts } = checkRun(await workload.finish());
    expect(violations.slice(0, 10)).toEqual([]);
    return counts.resyncs;
  };
}

describe('on a Redis Cluster', () => {
  let cluster: RedisCluster;
  let replicas: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    cluster = await RedisCluster.start();
    replicas = await start(cluster.url(await cluster.otherThanOwnerOf(KEY)), 'cluster');
  }, 120_000);
  afterEach(() => cluster.heal(), 60_000);
  afterAll(async () => {
    await replicas.stop();
    await cluster.stop();
  }, 60_000);

  const runWith = keepsItsPromises(() => replicas);

  it('loses nothing while the slot of the feed moves to another node', async () => {
    const moveTwice = async () => {
      await cluster.moveSlot(KEY);
      await cluster.moveSlot(KEY);
    };
    expect(await runWith(moveTwice)).toBe(0);
  }, 120_000);

  it('loses nothing while the node with the feed is asked to hand over to its replica', async () => {
    expect(await runWith(() => cluster.handOver(KEY))).toBe(0);
  }, 120_000);

  it('tells every client of what was lost when the node with the feed is killed', async () => {
    await runWith(() => cluster.failOver(KEY));
  }, 120_000);
});

describe('on a Redis with sentinels', () => {
  let redis: RedisSentinels;
  let replicas: Awaited<ReturnType<typeof start>>;

  beforeAll(async () => {
    redis = await RedisSentinels.start();
    replicas = await start(redis.url, 'sentinel');
  }, 120_000);
  afterEach(() => redis.heal(), 60_000);
  afterAll(async () => {
    await replicas.stop();
    await redis.stop();
  }, 60_000);

  const runWith = keepsItsPromises(() => replicas);

  it('tells every client of what was lost when the primary is killed', async () => {
    await runWith(() => redis.failOver());
  }, 120_000);
});
