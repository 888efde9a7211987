import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OrdersClient, startMongo, TestClient, waitFor, type BackingService } from '@galley/testing';
import { startLaggingReplica, startSnapshots, type LossyRedis } from '../harness/lossy-redis.js';
import { databaseOf, startReplicas } from '../harness/replicas.js';
import { showsTheStore, trackReplicas } from '../harness/track-replicas.js';
import { everyChangeIsMarked } from '../harness/unpublished.js';

/** How many changes of a test are before the moment of which Redis knows, and how many it loses. */
const [KEPT, LOST] = [20, 5];

/** How long clients may believe a position of another history: an API and then a gateway compare once a second. */
const TOLD_WITHIN_MS = 3_000;

describe.each([
  ['a replica that is behind takes the place of Redis', startLaggingReplica],
  ['Redis restarts without its newest data', startSnapshots],
])('%s', (_what, startRedis) => {
  let mongo: BackingService;
  let redis: LossyRedis;
  let env: NodeJS.ProcessEnv;
  let replicas: Awaited<ReturnType<typeof startReplicas>>;
  let orders: OrdersClient;
  /** The order whose changes are lost, and one that is changed afterwards. */
  let [orderId, otherId] = ['', ''];
  const revisions = new Map<string, number>();
  let tests = 0;

  beforeAll(async () => {
    [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
    env = { MONGODB_URI: databaseOf(mongo.url, startRedis.name), REDIS_URL: redis.url, FEED_NAME: 'lossy' };
    replicas = await startReplicas({ apis: 2, gateways: ['one', 'two'], env });
    orders = new OrdersClient(replicas.apis[0]?.url ?? '');
  }, 180_000);
  beforeEach(async () => {
    tests++;
    [orderId, otherId] = [`job-${tests}`, `other-${tests}`];
    for (const id of [orderId, otherId]) {
      await orders.place({ orderId: id });
      revisions.set(id, 1);
    }
  });
  afterAll(async () => {
    await replicas.stop();
    await mongo.stop();
  }, 60_000);

  const connect = (replica = 0, position?: string) =>
    TestClient.connect(replicas.gateways[replica]?.url ?? '', { auth: { position } });

  const track = () => {
    const [[gateway], [api]] = [replicas.gateways, replicas.apis];
    if (!gateway || !api) throw new Error('There are no replicas');
    return trackReplicas(gateway, api);
  };

  /** Changes an order so many times. @returns the revisions */
  const change = async (count: number, id = orderId): Promise<number[]> => {
    const made = Array.from({ length: count }, (_, i) => (revisions.get(id) ?? 0) + i + 1);
    for (const revision of made) {
      expect((await orders.change(id, { quantity: revision })).status).toBe(200);
      revisions.set(id, revision);
    }
    return made;
  };

  const heardOf = (client: TestClient, id = orderId) => client.revisions(`${id}/update`);

  /** Waits until a client has heard these changes, and no change twice. */
  const hears = async (client: TestClient, made: readonly number[], id = orderId) => {
    if (made.length === 0) return;
    await waitFor(() => heardOf(client, id).includes(made.at(-1)), `revision ${made.at(-1)} of ${id}`);
    expect(heardOf(client, id).slice(-made.length)).toEqual(made);
    expect(new Set(heardOf(client, id)).size).toBe(heardOf(client, id).length);
  };

  const isTold = async (client: TestClient, what: string) => {
    const told = () =>
      client.ready?.recovered === false || client.connectionEvents.some(({ name }) => name === 'resync');
    await waitFor(told, `${what} to be told that changes are missing`, TOLD_WITHIN_MS);
  };

  const killAll = () => Promise.all(replicas.all.map((replica) => replica.kill()));
  const startAll = () => Promise.all(replicas.all.map((replica) => replica.start()));

  it.each([
    ['while every process lives', false, 0],
    ['while every process lives, and its log grows past what was lost', false, 2 * LOST],
    ['while no process lives', true, 0],
    ['while no process lives, and its log grows past what was lost', true, 2 * LOST],
  ])(
    '%s: every client fetches its orders, and hears all that comes then',
    async (_when, isEverybodyKilled, further) => {
      const tracker = track();
      const [away, heardAll] = [await connect(0), await connect(1)];
      const kept = await change(KEPT);
      for (const client of [away, heardAll]) await hears(client, kept);
      await tracker.when(orderId, KEPT + 1);
      tracker.stop();
      away.close();
      await redis.remember();

      await hears(heardAll, await change(LOST));
      heardAll.close();
      await everyChangeIsMarked(env.MONGODB_URI ?? '');
      if (isEverybodyKilled) await killAll();
      await redis.loseTheRest();
      if (isEverybodyKilled) await startAll();

      const staying = await connect(1);
      await hears(staying, await change(further, otherId), otherId);
      const returned = await Promise.all([
        ...[0, 1].map((gateway) => connect(gateway, away.position)),
        ...[0, 1].map((gateway) => connect(gateway, heardAll.position)),
      ]);
      await Promise.all(returned.map((client, i) => isTold(client, i < 2 ? 'who was away' : 'who has heard all')));
      tracker.start();
      await showsTheStore(tracker, orders);

      const later = await change(LOST);
      for (const client of [staying, ...returned]) await hears(client, later);
      await showsTheStore(tracker, orders);
      for (const client of [staying, ...returned]) client.close();
      tracker.close();
    },
    120_000,
  );

  it('with changes that were not marked as published: they are told again, and every position is still good', async () => {
    const tracker = track();
    const away = await connect(0);
    await hears(away, await change(KEPT));
    await tracker.when(orderId, KEPT + 1);
    await everyChangeIsMarked(env.MONGODB_URI ?? '');
    away.close();
    await redis.remember();

    const heardAll = await connect(1);
    const [doomed] = replicas.apis;
    await Promise.all(replicas.apis.map((api) => api.kill()));
    doomed?.run('apps/orders-api/test/crash-after-append.mjs');
    await doomed?.isReady();
    await orders.change(orderId, { quantity: 7 }).catch(() => undefined); // it may die before it answers
    await doomed?.ended();
    await hears(heardAll, [KEPT + 2]);
    heardAll.close();
    await killAll();
    await redis.loseTheRest();
    await startAll();

    await everyChangeIsMarked(env.MONGODB_URI ?? '');
    expect((await connect(0, away.position)).ready).toMatchObject({ recovered: true, replayed: 1 });
    expect((await connect(1, heardAll.position)).ready).toMatchObject({ recovered: true, replayed: 0 });
    await showsTheStore(tracker, orders);
    tracker.close();
  }, 120_000);
});
