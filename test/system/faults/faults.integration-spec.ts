import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkRun, Workload } from '@galley/verification';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { freePort, OrdersClient, startMongo, startRedis, waitFor, type BackingService } from '@galley/testing';
import { DroppingRelay } from '../harness/dropping-relay.js';

const GATEWAYS = ['one', 'two', 'three'];

/** How large each run is: clients, and changes before as well as after the fault. */
const CLIENTS = Number(process.env.FAULTS_CLIENTS ?? 30);
const CHANGES = Number(process.env.FAULTS_CHANGES ?? 200);

/** A process of the cluster that can be killed and started again at its address. */
class Replica {
  readonly url: string;
  private child?: ChildProcess;

  constructor(
    private readonly main: string,
    private readonly port: number,
    private readonly env: NodeJS.ProcessEnv,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    this.child = spawn('node', [this.main], {
      env: { ...process.env, ...this.env, NODE_OPTIONS: '', HOST: '127.0.0.1', PORT: String(this.port) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await this.isReady();
  }

  async isReady(): Promise<void> {
    const health = new OrdersClient(this.url);
    await waitFor(async () => (await health.send('GET', '/health/ready')).status === 200, this.main, 60_000);
  }

  async kill(): Promise<void> {
    if (this.child?.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}

describe('a cluster under faults loses, repeats and reorders nothing', () => {
  let mongo: BackingService;
  let redis: Required<BackingService>;
  let relay: DroppingRelay;
  const apis: Replica[] = [];
  const gateways: Replica[] = [];
  let workload: Workload;
  let seed = 1;

  beforeAll(async () => {
    const services = await Promise.all([startMongo(), startRedis()]);
    [mongo] = services;
    if (!services[1].kill) throw new Error('a Redis that the test may kill is needed: unset TEST_REDIS_URL');
    redis = services[1] as typeof redis;
    relay = await DroppingRelay.start(redis.url);
    const database = new URL(mongo.url);
    database.pathname = `/galley-test-${process.pid}-faults`;
    const env = {
      ...{ FEED_NAME: `faults-${process.pid}`, LOG_LEVEL: 'fatal', SWEEP_AFTER_MS: '500', AUTH: 'open' },
      ...{ RATE_LIMIT_BURST: '1000000', HANDSHAKES_PER_ADDRESS_BURST: '1000000' },
    };
    for (let i = 0; i < 2; i++) {
      const api = { ...env, REDIS_URL: redis.url, MONGODB_URI: database.href };
      apis.push(new Replica('apps/orders-api/dist/main.js', await freePort(), api));
    }
    for (const name of GATEWAYS) {
      const gateway = { ...env, REDIS_URL: relay.url, GATEWAY_NAME: name, FEED_HEARTBEAT_MS: '1000' };
      gateways.push(new Replica('apps/gateway/dist/main.js', await freePort(), gateway));
    }
    await Promise.all([...apis, ...gateways].map((replica) => replica.start()));
  }, 300_000);
  afterAll(async () => {
    await Promise.all([...apis, ...gateways].map((replica) => replica.kill()));
    relay.close();
    await Promise.all([mongo.stop(), redis.stop()]);
  }, 60_000);

  beforeEach(async () => {
    await Promise.all([...apis, ...gateways].map((replica) => replica.isReady()));
    workload = new Workload({
      apiUrls: apis.map(({ url }) => url),
      gatewayUrls: gateways.map(({ url }) => url),
      ...{ clients: CLIENTS, orders: CHANGES / 4, concurrency: 4, seed: seed++, settleWithinMs: 15_000 },
    });
    await workload.connect();
  }, 60_000);
  afterEach(() => {
    workload.close();
  });

  const killGateway = async () => {
    await gateways[0]?.kill();
    await gateways[0]?.start();
  };
  const moveClients = async () => {
    for (const [i, client] of workload.clients.entries()) {
      if (i % 2 === 0) client.cut();
      else client.moveTo(gateways[Math.floor(workload.random() * gateways.length)]?.url ?? '');
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
    relay.drop(1);
    await waitFor(() => relay.pending === 0, 'the message to be dropped');
  };

  /** Writes until the faults are over, and then some more. */
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
    'where %s',
    async (_what, fault) => {
      expect(await runWith(fault)).toMatchObject({ resyncs: 0 });
    },
    120_000,
  );

  it('where the very last message of the feed is dropped', async () => {
    await workload.writers.run(CHANGES);
    await waitFor(() => workload.clients.every(({ settled }) => settled), 'the clients');
    relay.drop(1);
    await workload.writers.run(1);
    expect(await finish()).toMatchObject({ resyncs: 0 });
    expect(relay.pending).toBe(0);
  }, 300_000);

  it('where Redis is wiped: every client is told so, and ends up with what the store holds', async () => {
    expect((await runWith(wipeRedis)).resyncs).toBeGreaterThan(0);
  }, 300_000);

  it('where all of it happens', async () => {
    await runWith(killGateway, moveClients, async () => {
      await dropAMessage();
      await restartRedis();
      await wipeRedis();
      await freezeRedis();
    });
  }, 300_000);
});
