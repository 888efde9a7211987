import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkRun, Workload } from '@galley/verification';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { startMongo, startRedis, waitFor, type BackingService } from '@galley/testing';
import { FaultProxy, FEED_MESSAGE } from '../harness/fault-proxy.js';
import { databaseOf, startReplicas } from '../harness/replicas.js';

const GATEWAYS = ['one', 'two', 'three'];

/** The size of each run: the clients, and the changes both before and after the fault. */
const CLIENTS = Number(process.env.FAULTS_CLIENTS ?? 30);
const CHANGES = Number(process.env.FAULTS_CHANGES ?? 200);

describe('a cluster under faults loses, repeats and reorders nothing', () => {
  let mongo: BackingService;
  let redis: Required<BackingService>;
  let proxy: FaultProxy;
  let replicas: Awaited<ReturnType<typeof startReplicas>>;
  let workload: Workload;
  let seed = 1;

  beforeAll(async () => {
    const services = await Promise.all([startMongo(), startRedis()]);
    [mongo] = services;
    if (!services[1].kill) throw new Error('This test kills its own Redis: unset TEST_REDIS_URL');
    redis = services[1] as typeof redis;
    proxy = await FaultProxy.start(redis.url);
    replicas = await startReplicas({
      apis: 2,
      gateways: GATEWAYS,
      env: { FEED_NAME: `faults-${process.pid}`, SWEEP_AFTER_MS: '500' },
      ofApis: { REDIS_URL: redis.url, MONGODB_URI: databaseOf(mongo.url, 'faults') },
      ofGateways: { REDIS_URL: proxy.url, FEED_HEARTBEAT_MS: '1000' },
    });
  }, 300_000);
  afterAll(async () => {
    await replicas.stop();
    await proxy.close();
    await Promise.all([mongo.stop(), redis.stop()]);
  }, 60_000);

  beforeEach(async () => {
    await Promise.all(replicas.all.map((replica) => replica.isReady()));
    workload = new Workload({
      apiUrls: replicas.apis.map(({ url }) => url),
      gatewayUrls: replicas.gateways.map(({ url }) => url),
      ...{ clients: CLIENTS, orders: CHANGES / 4, concurrency: 4, seed: seed++, settleWithinMs: 15_000 },
    });
    await workload.connect();
  }, 60_000);
  afterEach(() => {
    workload.close();
  });

  const killGateway = async () => {
    await replicas.gateways[0]?.kill();
    await replicas.gateways[0]?.start();
  };
  const moveClients = async () => {
    for (const [i, client] of workload.clients.entries()) {
      if (i % 2 === 0) client.cut();
      else client.moveTo(replicas.gateways[Math.floor(workload.random() * GATEWAYS.length)]?.url ?? '');
      await delay(20);
    }
  };
  const restartRedis = async () => {
    await redis.kill();
    await redis.restart();
  };
  const freezeRedis = async () => {
    await redis.freeze();
    await delay(20_000); // the length of the outage
    await redis.thaw();
  };
  const wipeRedis = async () => {
    const commands = connectCommands(redis.url, 'wipe');
    await connected(commands);
    await commands.flushall();
    await disconnect(commands);
  };
  const dropAMessage = async () => {
    proxy.drop('toClient', FEED_MESSAGE);
    await waitFor(() => proxy.toDrop === 0, 'the message to be dropped');
  };

  /** Writes before, during and after the faults. */
  const runWith = async (...faults: (() => Promise<void>)[]) => {
    const state = { done: false };
    await workload.writers.run(CHANGES);
    const writing = (async () => {
      while (!state.done) await workload.writers.run(50);
    })();
    await Promise.all(faults.map((fault) => fault()));
    state.done = true;
    await writing;
    await workload.writers.run(CHANGES);
    return finish();
  };
  const finish = async () => {
    const { violations, counts } = checkRun(await workload.finish());
    expect(violations.slice(0, 10)).toEqual([]);
    return counts;
  };

  it.each<[string, () => Promise<void>]>([
    ['a gateway is killed and started again', killGateway],
    ['clients are cut off and move to other replicas', moveClients],
    ['Redis is killed and comes back with its data', restartRedis],
    ['Redis is frozen for 20 s', freezeRedis],
    ['a message of the feed is dropped', dropAMessage],
  ])(
    'when %s',
    async (_what, fault) => {
      expect(await runWith(fault)).toMatchObject({ resyncs: 0 });
    },
    120_000,
  );

  it('when the very last message of the feed is dropped', async () => {
    await workload.writers.run(CHANGES);
    await waitFor(() => workload.clients.every(({ settled }) => settled), 'the clients');
    proxy.drop('toClient', FEED_MESSAGE);
    await workload.writers.run(1);
    expect(await finish()).toMatchObject({ resyncs: 0 });
    expect(proxy.toDrop).toBe(0);
  }, 300_000);

  it('when Redis is wiped: every client is told, and ends up with the orders of the store', async () => {
    expect((await runWith(wipeRedis)).resyncs).toBeGreaterThan(0);
  }, 300_000);

  it('when all of these faults happen', async () => {
    await runWith(killGateway, moveClients, async () => {
      await dropAMessage();
      await restartRedis();
      await wipeRedis();
      await freezeRedis();
    });
  }, 300_000);
});
