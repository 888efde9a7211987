import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrdersClient, RedisServer, startMongo, TestClient, waitFor, type BackingService } from '@galley/testing';
import { databaseOf, startReplicas } from '../harness/replicas.js';
import { showsTheStore, trackReplicas } from '../harness/track-replicas.js';

/** How soon it is noticed that changes are not published. */
const NOTICED_WITHIN_MS = 10_000;

/** How soon all is well again after the repair. */
const LIVE_WITHIN_MS = 5_000;

const MISSED = 7;

interface Refusal {
  refuse: (redis: RedisServer) => Promise<void>;
  repair: (redis: RedisServer) => Promise<void>;
}

const FULL_MEMORY: Refusal = {
  refuse: async (redis) => {
    await redis.call('CONFIG', 'SET', 'maxmemory', '1');
  },
  repair: async (redis) => {
    await redis.call('CONFIG', 'SET', 'maxmemory', '0');
  },
};

/** Redis cannot write its snapshot, as if its disk were full, and therefore refuses writes, and also pings (MISCONF). */
const FULL_DISK: Refusal = {
  refuse: async (redis) => {
    await redis.call('CONFIG', 'SET', 'dir', '/proc', 'save', '3600 1000000');
    await redis.call('BGSAVE');
    await waitFor(async () => (await redis.info()).rdb_last_bgsave_status === 'err', 'a snapshot to fail');
  },
  repair: async (redis) => {
    await redis.call('CONFIG', 'SET', 'save', '');
  },
};

describe.each([
  ['its memory is full', FULL_MEMORY],
  ['its disk is full', FULL_DISK],
])('Redis refuses writes because %s', (what, { refuse, repair }) => {
  let mongo: BackingService;
  let redis: RedisServer;
  let replicas: Awaited<ReturnType<typeof startReplicas>>;
  let orders: OrdersClient;

  beforeAll(async () => {
    [mongo, redis] = await Promise.all([
      startMongo(),
      RedisServer.start(() => ['--save', '', '--appendonly', 'no', '--enable-protected-configs', 'yes']),
    ]);
    replicas = await startReplicas({
      apis: 2,
      gateways: ['one', 'two'],
      env: {
        ...{
          MONGODB_URI: databaseOf(mongo.url, `refused-${what.split(' ')[1]}`),
          REDIS_URL: `redis://${redis.address}`,
        },
        FEED_NAME: 'refused',
      },
    });
    orders = new OrdersClient(replicas.apis[0]?.url ?? '');
  }, 180_000);
  afterAll(async () => {
    await replicas.stop();
    await Promise.all([mongo.stop(), redis.stop()]);
  }, 60_000);

  it('operators and clients are told within 10 s, and afterwards every client gets exactly what it missed', async () => {
    const [[gateway, other], [api]] = [replicas.gateways, replicas.apis];
    if (!gateway || !other || !api) throw new Error('There are no replicas');
    const connect = (url: string) => TestClient.connect(url, { auth: { feed: true } });
    const tracker = trackReplicas(gateway, api);
    const clients = await Promise.all([connect(gateway.url), connect(other.url)]);
    const sids = clients.map(({ socket }) => socket.id);
    await orders.place({ orderId: 'job' });
    await tracker.when('job', 1);
    for (const client of clients) await client.event('orderCreated');
    const states: string[] = [];
    tracker.subscribe(() => states.push(tracker.getSnapshot().connection));

    await refuse(redis);
    const refusedAt = Date.now();
    for (let i = 1; i <= MISSED; i++) expect((await orders.change('job', { quantity: i })).status).toBe(200);

    const healthOf = async ({ url }: { url: string }) => new OrdersClient(url).send<unknown>('GET', '/health/ready');
    const isDegraded = async (replica: { url: string }) => {
      const { status, body } = await healthOf(replica);
      expect(status).toBe(200);
      return JSON.stringify(body).includes('degraded') ? body : undefined;
    };
    for (const replica of replicas.apis) {
      await waitFor(
        async () => JSON.stringify(await isDegraded(replica)).includes(`"unpublished":${MISSED}`),
        'an API to count the changes',
        NOTICED_WITHIN_MS,
      );
    }
    for (const replica of replicas.gateways) {
      await waitFor(() => isDegraded(replica), 'a gateway to be degraded', NOTICED_WITHIN_MS);
    }
    const lastFeedOf = (client: TestClient) =>
      client.connectionEvents.findLast(({ name }) => name === 'feed')?.payload as
        { live: boolean; since?: string } | undefined;
    for (const client of clients) {
      await waitFor(() => lastFeedOf(client)?.live === false, 'a client to be told', NOTICED_WITHIN_MS);
      expect(Math.abs(Date.parse(lastFeedOf(client)?.since ?? '') - refusedAt)).toBeLessThan(2_000);
    }
    await waitFor(() => tracker.getSnapshot().connection === 'stale', 'the tracker to be stale', NOTICED_WITHIN_MS);
    const late = await connect(other.url);
    expect(late.ready?.live).toBe(false);
    expect(late.ready?.since).toBeDefined();
    for (const client of clients) expect(client.revisions('job/update')).toEqual([]);

    await repair(redis);
    const repairedAt = Date.now();
    for (const client of [...clients, late]) {
      await waitFor(() => client.revisions('job/update').length >= MISSED, 'what the client has missed');
      expect(client.revisions('job/update')).toEqual(Array.from({ length: MISSED }, (_, i) => i + 2));
      await waitFor(() => lastFeedOf(client)?.live === true, 'a client to be told that the feed is live');
      expect(client.connectionEvents.filter(({ name }) => name === 'resync')).toEqual([]);
      expect(client.connectionEvents.filter(({ name }) => name === 'ready')).toHaveLength(1);
    }
    expect(Date.now() - repairedAt).toBeLessThan(LIVE_WITHIN_MS);
    expect(clients.map(({ socket }) => socket.id)).toEqual(sids);
    await showsTheStore(tracker, orders);
    expect(states).not.toContain('offline');
    for (const replica of replicas.all) await waitFor(async () => !(await isDegraded(replica)), 'a replica to be well');
    tracker.close();
  }, 120_000);
});
