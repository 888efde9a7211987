import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import {
  freePort,
  OrdersClient,
  Program,
  startMongo,
  startRedis,
  Stopwatch,
  TestClient,
  waitFor,
  type BackingService,
} from '@galley/testing';
import { FakedClock } from '../harness/faked-clock.js';
import { databaseOf, startReplicas } from '../harness/replicas.js';

const HOUR_SECONDS = 3_600;

/** How far a time in an answer may be from that of the database, which has the clock of this machine. */
const CLOSE_MS = 5_000;

const secret = randomBytes(32).toString('hex');

describe('processes whose clock is wrong', () => {
  let mongo: BackingService;
  let redis: BackingService;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
    env = {
      AUTH: 'open',
      LOG_LEVEL: 'fatal',
      HOST: '127.0.0.1',
      MONGODB_URI: databaseOf(mongo.url, 'clocks'),
      REDIS_URL: redis.url,
      FEED_NAME: `clocks-${process.pid}`,
    };
  }, 180_000);
  afterAll(async () => {
    await Promise.all([mongo.stop(), redis.stop()]);
  }, 60_000);

  /** Starts an orders API with this clock. */
  const startApi = async (clock: FakedClock, args: string[] = []) => {
    const port = await freePort();
    const program = new Program('node', [...args, 'apps/orders-api/dist/main.js'], {
      ...env,
      ...clock.env,
      PORT: String(port),
    });
    const orders = new OrdersClient(`http://127.0.0.1:${port}`);
    await waitFor(async () => (await orders.send('GET', '/health/live')).status === 200, 'an API', 60_000);
    return { program, orders };
  };

  it.each([
    ['an hour ahead', HOUR_SECONDS],
    ['an hour behind', -HOUR_SECONDS],
  ])(
    'an API that is %s gives orders the time of the database, also after its clock is set',
    async (_what, offset) => {
      const clock = new FakedClock(offset);
      const { program, orders } = await startApi(clock);
      const orderId = `time${offset}`;
      const placed = (await orders.place({ orderId })).body;
      clock.set(-offset);
      const changed = (await orders.change(orderId, { quantity: 7 })).body;
      for (const time of [placed.dateIssued, placed.updatedAt, changed.updatedAt]) {
        expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(CLOSE_MS);
      }
      expect(changed.updatedAt >= placed.updatedAt).toBe(true);
      program.kill('SIGKILL');
      await program.exitCode();
    },
    60_000,
  );

  it.each([
    ['an hour ahead', HOUR_SECONDS],
    ['an hour behind', -HOUR_SECONDS],
  ])(
    'a change that an API %s committed before it was killed is told within 10 s',
    async (_what, offset) => {
      const replicas = await startReplicas({ apis: 1, gateways: ['one'], env });
      const client = await TestClient.connect(replicas.gateways[0]?.url ?? '');
      const doomed = await startApi(new FakedClock(offset), [
        '--import',
        './apps/orders-api/test/crash-before-append.mjs',
      ]);
      const orderId = `left${offset}`;
      await doomed.orders.place({ orderId }).catch(() => undefined); // it may die before it answers
      await doomed.program.exitCode();
      const killedAt = performance.now();
      await client.event('orderCreated', (order) => order.orderId === orderId);
      expect(performance.now() - killedAt).toBeLessThan(10_000);
      client.close();
      await replicas.stop();
    },
    90_000,
  );

  it('a gateway whose clock was ahead for a moment ends a connection within a second of the end of its token', async () => {
    const clock = new FakedClock();
    const ofGateway = () => ({ ...clock.env, AUTH: 'required', AUTH_JWT_SECRET: secret });
    const replicas = await startReplicas({ apis: 0, gateways: ['stepped'], env, ofGateway });
    const url = replicas.gateways[0]?.url ?? '';
    const connect = async (expiresIn: number) => {
      const token = await mintToken({ role: 'staff', sub: 'sue', expiresIn, secret });
      const client = await TestClient.connect(url, { auth: { token }, reconnection: false });
      const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
      return { client, endsAtMs: exp * 1_000 };
    };
    const witness = await connect(60);
    const closed = once(witness.client.socket as never, 'disconnect');
    clock.set(HOUR_SECONDS);
    await closed; // so the gateway has seen the time of an hour later
    clock.set(0);
    const { client, endsAtMs } = await connect(8);
    const watch = new Stopwatch();
    await once(client.socket as never, 'disconnect');
    const lateMs = Date.now() - endsAtMs;
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs - watch.lostMs).toBeLessThan(1_000);
    client.close();
    await replicas.stop();
  }, 60_000);
});
