import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { OrdersClient, startMongo, startRedis, TestClient, waitFor, type BackingService } from '@galley/testing';
import { checkRun, Workload } from '@galley/verification';
import { buildCommit, commitOf, entryFormatAt, knowsClosedOrders } from '../harness/commit-build.js';
import { databaseOf, startReplicas } from '../harness/replicas.js';

/** The commit to run beside this project. The default is the previous one; of a merge, its first parent. */
const ref = process.env.SIDE_BY_SIDE_WITH ?? 'HEAD~1';
const commit = commitOf(ref);

const CLIENTS = 16;
/** Readers of `GET /changes`, where both versions serve them. */
const STREAMS = knowsClosedOrders(commit) ? 4 : 0;
const CHANGES = 150;
/** How often each client moves from one version to the other. After four moves it was at every gateway. */
const MOVES = 4;

const secret = randomBytes(32).toString('hex');

type Version = 'that commit' | 'this project';

if (entryFormatAt(commit) === undefined) {
  throw new Error(`${ref} has the log of version 0.1.0, and going from there is a stop: docs/OPERATIONS.md, Upgrades`);
}

describe(`${ref} (${commit.slice(0, 12)}) and this project, side by side`, () => {
  const services: BackingService[] = [];
  let versions: Record<Version, Awaited<ReturnType<typeof startReplicas>>>;
  let token: string;

  beforeAll(async () => {
    const [root, mongo, redis] = await Promise.all([buildCommit(commit), startMongo(), startRedis()]);
    services.push(mongo, redis);
    token = await mintToken({ secret, role: 'staff', sub: 'sue', expiresIn: 3_600 });
    const env = {
      ...{ AUTH: 'required', AUTH_JWT_SECRET: secret, REDIS_URL: redis.url, FEED_HEARTBEAT_MS: '1000' },
      ...{ FEED_NAME: `side-by-side-${process.pid}`, SWEEP_AFTER_MS: '500' },
    };
    const ofApi = () => ({ MONGODB_URI: databaseOf(mongo.url, 'side-by-side') });
    versions = {
      'that commit': await startReplicas({ apis: 1, gateways: ['that-1', 'that-2'], env, ofApi, root }),
      'this project': await startReplicas({ apis: 1, gateways: ['this-1', 'this-2'], env, ofApi }),
    };
  }, 300_000);
  afterAll(async () => {
    for (const replicas of Object.values(versions)) await replicas.stop();
    await Promise.all(services.map((service) => service.stop()));
  }, 60_000);

  const apiOf = (version: Version) => new OrdersClient(versions[version].apis[0]?.url ?? '', token);
  const gatewayOf = (version: Version) => versions[version].gateways[0]?.url ?? '';
  const urlsOf = (kind: 'apis' | 'gateways') =>
    Object.values(versions).flatMap((all) => all[kind].map(({ url }) => url));

  it('lose, repeat and reorder nothing while both write, and clients move between them', async () => {
    const [thatOne, thatTwo, thisOne, thisTwo] = urlsOf('gateways') as [string, string, string, string];
    // Neighbours are of different versions.
    const gatewayUrls = [thatOne, thisOne, thatTwo, thisTwo];
    const workload = new Workload({
      apiUrls: urlsOf('apis'),
      gatewayUrls,
      ...{
        clients: CLIENTS,
        streams: STREAMS,
        orders: CHANGES / 4,
        concurrency: 4,
        seed: 1,
        settleWithinMs: 20_000,
        token,
      },
      isPlain: !knowsClosedOrders(commit),
    });
    await workload.connect();
    await workload.writers.run(CHANGES);
    for (let move = 1; move <= MOVES; move++) {
      const writing = workload.writers.run(CHANGES);
      for (const [i, client] of workload.clients.entries()) {
        client.moveTo(gatewayUrls[(i + move) % gatewayUrls.length] ?? '');
        // Only a client that has its place in the feed can resume from there.
        await waitFor(() => client.settled, 'the client to be connected');
      }
      await writing;
    }
    const { violations, counts } = checkRun(await workload.finish());
    workload.close();
    expect(violations.slice(0, 10)).toEqual([]);
    expect({ resyncs: counts.resyncs, unknown: workload.writers.unknown }).toEqual({ resyncs: 0, unknown: [] });
  }, 120_000);

  it('forward and change an order that has what version 0.2.0 does not know', async () => {
    const clients = await Promise.all(urlsOf('gateways').map((url) => TestClient.connect(url, { auth: { token } })));
    const note = 'Paid in cash';
    const { orderId } = (await apiOf('this project').place({ rush: true, status: 'Delivery', note })).body;
    await apiOf('this project').change(orderId, { quantity: 2, note });
    expect((await apiOf('that commit').change(orderId, { quantity: 3 })).status).toBe(200);
    await apiOf('this project').change(orderId, { status: 'Packaging', note });
    for (const client of clients) {
      await waitFor(() => client.revisions(`${orderId}/update`).includes(4), 'the last change');
      expect(client.revisions(`${orderId}/update`)).toEqual([2, 3, 4]);
      expect(client.events.at(-1)?.payload).toMatchObject({ orderId, status: 'Packaging' });
    }
    const { body: order } = await apiOf('this project').get(orderId);
    expect(order).toMatchObject({ rush: true, quantity: 3, revision: 4 });
    const { history } = (await apiOf('this project').history(orderId)).body;
    const actor = { role: 'staff', sub: 'sue' };
    expect(history).toMatchObject([{ actor, note }, { actor, note }, { quantity: 3 }, { actor, note }]);
  });

  /** What docs/OPERATIONS.md says about the order of an upgrade: an API that does not know closed orders keeps them closed. */
  it('keep an order closed, whichever of them changes or opens it', async () => {
    const { orderId } = (await apiOf('this project').place()).body;
    const { closedAt } = (await apiOf('this project').change(orderId, { closed: true })).body;
    const { status } = await apiOf('that commit').change(orderId, { quantity: 7 });
    expect(status).toBe(knowsClosedOrders(commit) ? 409 : 200);
    expect((await apiOf('this project').get(orderId)).body).toMatchObject({ closedAt });
    const opened = (await apiOf('this project').change(orderId, { closed: false })).body;
    expect(opened).not.toHaveProperty('closedAt');
    expect((await apiOf('that commit').get(orderId)).body).toEqual(opened);
  });

  const directions: [from: Version, to: Version][] = [
    ['that commit', 'this project'],
    ['this project', 'that commit'],
  ];

  it.each(directions)('let a client of %s resume at %s', async (from, to) => {
    const auth = { token };
    const [client, witness] = await Promise.all([
      TestClient.connect(gatewayOf(from), { auth }),
      TestClient.connect(gatewayOf(to), { auth }),
    ]);
    const { orderId } = (await apiOf(from).place()).body;
    const isIt = (payload: { orderId?: string }) => payload.orderId === orderId;
    const heard = await client.event('orderCreated', isIt);
    client.close();
    await apiOf(from).change(orderId, { status: 'Packaging' });
    await apiOf(to).change(orderId, { status: 'Delivery' });
    await waitFor(() => witness.revisions(`${orderId}/update`).includes(3), 'the last change');
    const resumed = await TestClient.connect(gatewayOf(to), { auth: { ...auth, position: heard.position } });
    expect(resumed.ready).toMatchObject({ recovered: true, replayed: 2 });
    expect(resumed.revisions(`${orderId}/update`)).toEqual([2, 3]);
  });

  it.each<Version>(['that commit', 'this project'])('hear the announcements and sign-outs of %s', async (version) => {
    const sub = `customer-of-${version.replace(' ', '-')}`;
    const auth = { token: await mintToken({ secret, role: 'customer', sub, expiresIn: 600 }) };
    const clients = await Promise.all(urlsOf('gateways').map((url) => TestClient.connect(url, { auth })));
    const message = `Closed on Friday, says ${version}`;
    expect((await apiOf(version).announce(message)).status).toBe(202);
    for (const client of clients) await client.event('announcement', (payload) => payload.message === message);
    const ended = Promise.all(clients.map(({ socket }) => once(socket as never, 'disconnect')));
    expect((await apiOf(version).send('DELETE', `/sessions/${sub}`)).status).toBe(204);
    await ended;
    for (const url of urlsOf('gateways'))
      expect(await TestClient.refused(url, { auth })).toMatchObject({ code: 'signed_out' });
  });
});
