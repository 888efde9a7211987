import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import msgpack from 'notepack.io';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { OrdersClient, TestClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const pack = (value: unknown) => msgpack.encode(value) as Buffer;

describe('a cluster whose Redis misbehaves', () => {
  let redis: EmbeddedRedis;
  let cluster: TestCluster;
  let clients: TestClient[];

  beforeAll(async () => {
    redis = await EmbeddedRedis.start();
    cluster = await startCluster({ redisUrl: redis.url });
  });
  beforeEach(async () => {
    await waitFor(() => everyGatewayIs('ok'), 'every gateway to be ready');
    clients = await Promise.all([...cluster.gateways.values()].map((url) => TestClient.connect(url)));
  });
  afterEach(() => {
    for (const client of clients) client.close();
  });
  afterAll(async () => {
    await cluster.close();
    await redis.stop();
  });

  const everyGatewayIs = async (status: 'ok' | 'degraded') => {
    const answers = await Promise.all(
      [...cluster.gateways.values()].map((url) => new OrdersClient(url).send('GET', '/health/ready')),
    );
    return answers.every((answer) => answer.status === 200 && (answer.body as { status: string }).status === status);
  };

  it('accepts writes while Redis is away, and delivers them in order when it is back', async () => {
    const { orders } = cluster;
    await orders.place({ orderId: 'patient' });
    await redis.down();
    await waitFor(() => everyGatewayIs('degraded'), 'the gateways to notice');
    for (let quantity = 1; quantity <= 30; quantity++) {
      expect((await orders.change('patient', { quantity })).status).toBe(200);
    }
    expect(await orders.announce('Nobody hears this')).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    for (const url of cluster.gateways.values()) {
      expect((await new OrdersClient(url).send('GET', '/health/live')).status).toBe(200);
    }
    expect(await orders.send('GET', '/health/ready')).toMatchObject({ status: 200, body: { status: 'degraded' } });
    await redis.up();
    await Promise.all(clients.map((client) => client.event('patient/update', ({ revision }) => revision === 31)));
    for (const client of clients) {
      expect(client.revisions('patient/update')).toEqual(Array.from({ length: 30 }, (_, i) => i + 2));
    }
    await waitFor(() => everyGatewayIs('ok'), 'the gateways to be ready again');
    await waitFor(
      async () => (await orders.announce('Back again')).status === 202,
      'announcements to be accepted again',
    );
    await Promise.all(clients.map((client) => client.event('announcement')));
  });

  it('loses nothing when connections to Redis are cut repeatedly', async () => {
    const { orders } = cluster;
    await orders.place({ orderId: 'cut' });
    for (let quantity = 1; quantity <= 60; quantity++) {
      if (quantity % 15 === 0) redis.cutConnections();
      expect((await orders.change('cut', { quantity })).status).toBe(200);
    }
    await Promise.all(clients.map((client) => client.event('cut/update', ({ revision }) => revision === 61)));
    for (const client of clients) {
      expect(client.revisions('cut/update')).toEqual(Array.from({ length: 60 }, (_, i) => i + 2));
      expect(client.socket.connected).toBe(true);
    }
  });

  it('ignores what the orders API does not send on the channels of the adapter and of the feed', async () => {
    // An earlier test has cut all connections. What is announced before a gateway listens again is lost.
    await waitFor(async () => {
      await cluster.orders.announce('Is anybody there?');
      return clients.every(({ events }) => events.length > 0);
    }, 'every gateway to hear announcements');
    const heardBefore = clients.map(({ events }) => events.length);
    const raw = connectCommands(redis.url, 'vandal');
    await connected(raw);
    const garbage = [
      Buffer.from(''),
      Buffer.from('garbage'),
      Buffer.from('{'),
      Buffer.from('{}'),
      Buffer.from('null'),
      Buffer.from([0xc1, 0xff, 0x00]),
      ...[null, 7, 'x', [], {}, ['uid'], ['uid', null, null], ['uid', {}, {}]].map(pack),
      pack(['uid', { type: 2, data: ['orderCreated', {}], nsp: '/' }, null]),
      pack(['uid', { type: 2, data: ['orderCreated', {}], nsp: '/' }, { rooms: 7 }]),
      pack(['uid', { type: 99, data: 7, nsp: '/' }, { rooms: [] }]),
      ...['error', 'connection', 'new_namespace'].map((event) =>
        Buffer.from(JSON.stringify({ type: 6, data: [event, {}] })),
      ),
      ...[0, 1, 2, 3, 4, 5, 6, 7, 99].flatMap((type) => [
        Buffer.from(JSON.stringify({ type })),
        Buffer.from(JSON.stringify({ type, requestId: 'x', rooms: 7, opts: 7, data: 7 })),
        pack({ type, requestId: 'x', opts: { rooms: null } }),
      ]),
    ];
    const everybody = { rooms: [], except: [] };
    const announcementOf = (time: Date, options: object = everybody) =>
      pack([
        'uid',
        { type: 2, data: ['announcement', { message: 'Forged', timestamp: time.toISOString() }], nsp: '/' },
        options,
      ]);
    const forgeries = [
      announcementOf(new Date(0)),
      announcementOf(new Date(9e14)),
      announcementOf(new Date(), { rooms: ['orders'], except: [] }),
      ...['orderCreated', 'resync', 'ready', 'feed'].map((name) =>
        pack(['uid', { type: 2, data: [name, {}], nsp: '/' }, everybody]),
      ),
      ...[
        { type: 2, opts: everybody, rooms: ['orders'] },
        { type: 3, opts: everybody, rooms: ['orders'] },
        { type: 4, opts: everybody, close: true },
        { type: 5, requestId: 'x', uid: 'y', opts: everybody },
        { type: 6, data: ['signOut', 'anonymous', 9e15] },
        { type: 6, data: ['connection', {}] },
        { type: 6, requestId: 'x', data: ['signOut'] },
      ].map((request) => Buffer.from(JSON.stringify(request))),
    ];
    const channels = ['local#/#', 'local#/#orders#', 'local-request#/#', 'local-response#/#'];
    for (const channel of [...channels, '{local}:feed']) {
      for (const message of [...garbage, ...forgeries]) await raw.publish(channel, message);
    }
    // Another installation uses the same Redis.
    for (const message of [announcementOf(new Date()), ...forgeries]) await raw.publish('other#/#', message);
    await disconnect(raw);
    await cluster.orders.place({ orderId: 'calm' });
    await cluster.orders.announce('All is well');
    for (const [i, client] of clients.entries()) {
      await client.event('announcement', ({ message }) => message === 'All is well');
      await client.event('orderCreated');
      const heard = client.events
        .slice(heardBefore[i])
        .filter(({ payload }) => payload.message !== 'Is anybody there?');
      expect(heard.map(({ name }) => name).sort()).toEqual(['announcement', 'orderCreated']);
    }
  });
});
