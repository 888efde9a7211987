import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import type * as Sdk from '@galley/client';
import { type Order } from '@galley/contracts';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { connectCommands, disconnect } from '@galley/redis';
import { OrdersClient, own, startMongo, startRedis, TestClient, waitFor, type BackingService } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { buildCommit, lastWithoutEntryFormat } from '../harness/commit-build.js';
import { databaseOf, startReplicas, type ReplicaOptions } from '../harness/replicas.js';

const secret = randomBytes(32).toString('hex');
const feedName = `upgrade-${process.pid}`;
/** Nothing listens there. */
const NOWHERE = 'redis://127.0.0.1:1';
const commit = lastWithoutEntryFormat();

/** What docs/OPERATIONS.md says about the one upgrade with a stop. */
describe(`after a stop of version 0.1.0 (${commit.slice(0, 12)}) and a start of this project`, () => {
  const services: BackingService[] = [];
  let root: string;
  let redis: ReturnType<typeof connectCommands>;
  let current: Awaited<ReturnType<typeof startReplicas>>;
  let orders: OrdersClient;
  let staff: { token: string };
  let signedOut: { token: string };
  let before: { orders: Order[]; position?: string };

  beforeAll(async () => {
    const [built, mongo, redisService] = await Promise.all([buildCommit(commit), startMongo(), startRedis()]);
    services.push(mongo, redisService);
    root = built;
    redis = connectCommands(redisService.url, 'test');
    const options = {
      apis: 1,
      gateways: ['one', 'two'],
      env: { AUTH: 'required', AUTH_JWT_SECRET: secret, REDIS_URL: redisService.url, FEED_NAME: feedName },
      ofApi: () => ({ MONGODB_URI: databaseOf(mongo.url, 'upgrade'), SWEEP_AFTER_MS: '500' }),
    };
    staff = { token: await mintToken({ secret, role: 'staff', sub: 'sue', expiresIn: 3_600 }) };
    signedOut = { token: await mintToken({ secret, role: 'customer', sub: 'ana', expiresIn: 3_600 }) };
    const old = await startReplicas({ ...options, root });
    before = await useVersion010(old);
    await old.stop();
    await leaveUnpublished({ ...options, root, gateways: [], env: { ...options.env, REDIS_URL: NOWHERE } });
    current = await startReplicas(options);
    orders = new OrdersClient(current.apis[0]?.url ?? '', staff.token);
  }, 300_000);
  afterAll(async () => {
    await disconnect(redis);
    await current.stop();
    await Promise.all(services.map((service) => service.stop()));
  }, 60_000);

  /** @returns the orders, and a position of a client that has heard their changes */
  async function useVersion010({ apis, gateways }: Awaited<ReturnType<typeof startReplicas>>) {
    const api = new OrdersClient(apis[0]?.url ?? '', staff.token);
    const client = await TestClient.connect(gateways[0]?.url ?? '', { auth: staff });
    for (let i = 0; i < 5; i++) await api.place({ orderId: `old-${i}` });
    await api.change('old-1', { status: 'Packaging' });
    await api.remove('old-2');
    const { position } = await client.event('orderDeleted');
    expect((await api.send('DELETE', '/sessions/ana')).status).toBe(204);
    const stored = (await api.list()).body.orders;
    client.close();
    return { orders: stored, position };
  }

  /** Without Redis, an API accepts changes that it cannot publish. */
  async function leaveUnpublished(options: ReplicaOptions) {
    const { apis, stop } = await startReplicas(options);
    const api = new OrdersClient(apis[0]?.url ?? '', staff.token);
    expect((await api.change('old-4', { status: 'In Printing' })).status).toBe(200);
    before.orders = (await api.list()).body.orders;
    await stop();
  }

  const gatewayUrls = () => current.gateways.map(({ url }) => url);
  const connectAll = (position?: string) =>
    Promise.all(gatewayUrls().map((url) => TestClient.connect(url, { auth: { ...staff, position } })));

  it('a change that version 0.1.0 could not publish is published', async () => {
    const isPublished = async () => {
      const entries = await redis.xrange(`{${feedName}}:log`, '-', '+');
      return entries.some(([, [, entry = '']]) => / updated old-4 \w+ 2 /.test(entry));
    };
    await waitFor(async () => (await isPublished()) || undefined, 'the change to be published');
  });

  it('all orders are there, with their history', async () => {
    expect(before.orders).toHaveLength(4);
    expect((await orders.list()).body.orders).toEqual(before.orders);
    expect((await orders.history('old-1')).body.history).toMatchObject([{ revision: 1 }, { revision: 2 }]);
  });

  it('every client is told to fetch its orders', async () => {
    expect(before.position).toMatch(/^\w+:7$/);
    for (const { ready } of await connectAll(before.position)) expect(ready).toMatchObject({ recovered: false });
  });

  it('new changes of old orders reach every client, and the next resume finds its place', async () => {
    const clients = await connectAll();
    await orders.change('old-1', { status: 'Delivery' });
    const heard = await Promise.all(clients.map((client) => client.event('orderUpdated')));
    expect(heard.map((payload) => payload.revision)).toEqual([3, 3]);
    for (const { ready } of await connectAll(heard[0]?.position)) expect(ready).toMatchObject({ recovered: true });
  });

  it('the SDK of version 0.1.0 goes on following the orders', async () => {
    const { trackOrders } = (await import(join(root, 'libs/client/dist/index.js'))) as typeof Sdk;
    const embedded = await EmbeddedRedis.start();
    own(() => embedded.stop());
    const cluster = await startCluster({ redisUrl: embedded.url });
    const tracker = trackOrders({ url: cluster.url });
    own(() => {
      tracker.close();
    });
    await waitFor(() => tracker.getSnapshot().connection === 'live', 'the tracker to be live');
    await cluster.orders.place({ orderId: 'job' });
    for (let quantity = 1; quantity <= 5; quantity++) await cluster.orders.change('job', { quantity });
    await tracker.when('job', 6);
    embedded.cutConnections();
    await cluster.orders.change('job', { status: 'Delivery' });
    await tracker.when('job', 7);
    expect(tracker.getSnapshot().orders).toEqual((await cluster.orders.list()).body.orders);
  });

  it('the token of a user who was signed out before is refused everywhere', async () => {
    for (const url of gatewayUrls())
      expect(await TestClient.refused(url, { auth: signedOut })).toMatchObject({ code: 'signed_out' });
    const customer = new OrdersClient(orders.url, signedOut.token);
    expect((await customer.list()).status).toBe(401);
  });

  it('the keys that only version 0.1.0 used can be deleted', async () => {
    const old = ['epoch', 'seq', 'run'].map((name) => `{${feedName}}:${name}`);
    expect(await redis.del(...old)).toBe(old.length);
    const [client] = await connectAll();
    await orders.change('old-3', { status: 'Delivery' });
    await waitFor(() => client?.revisions('old-3/update').includes(2), 'the change');
    expect((await redis.keys(`{${feedName}}:*`)).filter((key) => !key.includes(':rev:')).sort()).toEqual(
      ['head', 'log', 'signed-out'].map((name) => `{${feedName}}:${name}`),
    );
  });
});
