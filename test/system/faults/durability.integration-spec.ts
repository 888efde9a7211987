import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
import { databaseOf, startReplicas } from '../harness/replicas.js';
import { INJECTIONS } from '../hostile/injections.js';

const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, i) => i + first);

describe('two API replicas and two gateways on MongoDB and Redis', () => {
  let mongo: BackingService;
  let redis: BackingService;
  let env: NodeJS.ProcessEnv;
  let apis: OrdersClient[];
  let clients: TestClient[];
  let orders: OrdersClient;
  let replicas: Awaited<ReturnType<typeof startReplicas>>;

  beforeAll(async () => {
    [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
    env = {
      ...{ MONGODB_URI: databaseOf(mongo.url, 'durability'), REDIS_URL: redis.url, FEED_NAME: `test-${process.pid}` },
      ...{ SWEEP_EVERY_MS: '100', SWEEP_AFTER_MS: '200' },
    };
    replicas = await startReplicas({ apis: 2, gateways: ['one', 'two'], env });
    apis = replicas.apis.map(({ url }) => new OrdersClient(url));
    [orders] = apis as [OrdersClient];
  }, 300_000);

  beforeEach(async () => {
    await Promise.all(replicas.all.map((replica) => replica.isReady()));
    clients = await Promise.all(replicas.gateways.map(({ url }) => TestClient.connect(url)));
  }, 60_000);

  afterEach(() => {
    for (const client of clients) client.close();
  });

  afterAll(async () => {
    await replicas.stop();
    await Promise.all([mongo.stop(), redis.stop()]);
  }, 60_000);

  /** The API replica whose turn it is. */
  const api = (turn: number): OrdersClient => apis[turn % apis.length] ?? orders;

  /** Waits until every client has every revision of the order, each once and in order. */
  const expectRevisions = async (orderId: string, last: number, deadline = 30_000) => {
    const name = `${orderId}/update`;
    await waitFor(
      () => clients.every((client) => client.revisions(name).length >= last - 1),
      `${name} ${last}`,
      deadline,
    );
    for (const client of clients) expect(client.revisions(name)).toEqual(upTo(last, 2));
  };

  it('gives each of 50 concurrent changes on two replicas its own revision', async () => {
    await orders.place({ orderId: 'hot' });
    const answers = await Promise.all(upTo(50).map((i) => api(i).change('hot', { quantity: i })));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect((await orders.get('hot')).body.revision).toBe(51);
    await expectRevisions('hot', 51);
  }, 60_000);

  it('accepts only one of 50 concurrent changes with the same If-Match', async () => {
    const { headers } = await orders.place({ orderId: 'guarded' });
    const etag = headers.get('etag') ?? '';
    expect(etag).toBe('"1"');
    const answers = await Promise.all(
      upTo(50).map((i) => api(i).change('guarded', { quantity: i }, { 'if-match': etag })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(49);
    expect(await orders.remove('guarded', { 'if-match': etag })).toMatchObject({ status: 412 });
    expect(await orders.remove('guarded', { 'if-match': '"2"' })).toMatchObject({ status: 204 });
  }, 60_000);

  it('makes one order from 20 parallel POSTs with the same Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'form-7' };
    const answers = await Promise.all(upTo(20).map((i) => api(i).place({ title: 'Flyers' }, headers)));
    const { orderId } = answers[0]?.body ?? { orderId: '' };
    const first = answers[0]?.body;
    for (const answer of answers) expect([answer.status, answer.body]).toEqual([201, first]);
    expect(answers[0]?.headers.get('location')).toBe(`/orders/${orderId}`);
    expect(await orders.place({ title: 'Posters' }, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
    await orders.change(orderId, { quantity: 7 });
    expect((await orders.place({ title: 'Flyers' }, headers)).body).toEqual(first);
    await expectRevisions(orderId, 2);
    for (const client of clients) {
      expect(
        client.events.filter(({ name, payload }) => name === 'orderCreated' && payload.orderId === orderId),
      ).toHaveLength(1);
    }
  }, 60_000);

  it('publishes the change that each of 50 replicas committed before it was killed', async () => {
    await orders.place({ orderId: 'survivor' });
    for (let revision = 2; revision <= 51; revision++) {
      const port = await freePort();
      const args = ['--import', './apps/orders-api/test/crash-before-append.mjs', 'apps/orders-api/dist/main.js'];
      const program = new Program('node', args, {
        ...{ ...env, AUTH: 'open', RATE_LIMIT_BURST: '1000000', LOG_LEVEL: 'fatal' },
        ...{ HOST: '127.0.0.1', PORT: String(port), SWEEP_AFTER_MS: '600000' },
      });
      const doomed = new OrdersClient(`http://127.0.0.1:${port}`);
      await waitFor(
        async () => (await doomed.send('GET', '/health/live')).status === 200,
        'the replica that will be killed',
        30_000,
      );
      await doomed.change('survivor', { quantity: revision }).catch(() => undefined); // it may die before it answers
      await program.exitCode();
      expect(program.signal).toBe('SIGKILL');
    }
    await expectRevisions('survivor', 51);
    expect((await orders.history('survivor')).body.history.map(({ quantity }) => quantity)).toEqual([
      500,
      ...upTo(51, 2),
    ]);
  }, 300_000);

  it('accepts every write while Redis is away for 30 s, and delivers all in order within 10 s of its return', async () => {
    if (!redis.kill || !redis.restart) throw new Error('This test kills its own Redis: unset TEST_REDIS_URL');
    const outage = 30_000;
    const orderIds = upTo(30).map((i) => `away-${i}`);
    for (const orderId of orderIds) await orders.place({ orderId });
    await Promise.all(
      clients.flatMap((client) =>
        orderIds.map((orderId) => client.event('orderCreated', (payload) => payload.orderId === orderId)),
      ),
    );
    await redis.kill();
    const since = Date.now();
    let last = 1;
    while (Date.now() - since < outage && last < 200) {
      last++;
      for (const [i, orderId] of orderIds.entries()) {
        expect((await api(last + i).change(orderId, { quantity: last })).status).toBe(200);
      }
    }
    await waitFor(() => Date.now() - since >= outage, 'the end of the outage', outage);
    await redis.restart();
    const deadline = Date.now() + 10_000;
    for (const orderId of orderIds) await expectRevisions(orderId, last, deadline - Date.now());
  }, 120_000);

  it('answers 503 within 2 s while MongoDB is away, keeps every acknowledged write, and recovers', async () => {
    if (!mongo.kill || !mongo.restart) throw new Error('This test kills its own MongoDB: unset TEST_MONGODB_URI');
    const acknowledged: string[] = [];
    let writing = true;
    const writer = (async () => {
      for (let i = 0; writing; i++) {
        const answer = await orders.place({ orderId: `ack-${i}` });
        if (answer.status === 201) acknowledged.push(`ack-${i}`);
        else writing = false;
      }
    })();
    await waitFor(() => acknowledged.length >= 50, 'some writes');
    await mongo.kill();
    await writer;
    const requests = [
      () => orders.place(),
      () => orders.change('ack-0', { quantity: 1 }),
      () => orders.remove('ack-0'),
      () => orders.get('ack-0'),
      () => orders.history('ack-0'),
      () => orders.list(),
    ];
    for (const request of requests) {
      const watch = new Stopwatch();
      const answer = await request();
      expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(watch.ms).toBeLessThan(2_000); // docs/OPERATIONS.md promises this
    }
    expect((await orders.send('GET', '/health/live')).status).toBe(200);
    expect((await orders.send('GET', '/health/ready')).status).toBe(503);
    await mongo.restart();
    await waitFor(async () => (await orders.get('ack-0')).status === 200, 'the API to recover', 60_000);
    for (const orderId of acknowledged) expect((await orders.get(orderId)).status).toBe(200);
    for (const client of clients) {
      for (const orderId of acknowledged) await client.event('orderCreated', (payload) => payload.orderId === orderId);
    }
  }, 180_000);

  it('refuses every injection and changes nothing', async () => {
    await orders.place({ orderId: 'target' });
    const before = (await orders.list({ limit: 200 })).body;
    for (const { method, path, body, headers } of INJECTIONS) {
      const { status } = await orders.send(method, path, body, headers);
      expect({ method, path, body, headers, status }).toEqual({ method, path, body, headers, status: 400 });
    }
    expect((await orders.list({ limit: 200 })).body).toEqual(before);
  }, 60_000);
});
