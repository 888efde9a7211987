import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrdersClient, own, startMongo, startRedis, TestClient, type BackingService } from '@galley/testing';
import { RedisUsers, type RedisUser } from '../harness/redis-users.js';
import { databaseOf, startReplicas } from '../harness/replicas.js';
import { FORBIDDEN_COMMANDS } from './forbidden-commands.js';
import { UNSENT_MESSAGES } from './unsent-messages.js';

describe('an attacker with the Redis user of an app', () => {
  let mongo: BackingService;
  let redis: BackingService;
  let urlOf: (user: RedisUser) => string;
  let orders: OrdersClient;
  let clients: TestClient[];
  let replicas: Awaited<ReturnType<typeof startReplicas>>;
  let changes = 0;

  beforeAll(async () => {
    const users = new RedisUsers();
    [mongo, redis] = await Promise.all([
      startMongo(),
      startRedis({
        args: (port) => ['--port', `${port}`, '--aclfile', users.acl, '--save', '', '--appendonly', 'no'],
        files: [users.acl],
      }),
    ]);
    urlOf = (user) => `redis://${user}:${users.passwordOf(user)}@${new URL(redis.url).host}`;
    replicas = await startReplicas({
      apis: 1,
      gateways: ['one', 'two'],
      env: { MONGODB_URI: databaseOf(mongo.url, 'taken-over') },
      ofApi: () => ({ REDIS_URL: urlOf('orders-api') }),
      ofGateway: () => ({ REDIS_URL: urlOf('gateway') }),
    });
    orders = new OrdersClient(replicas.apis[0]?.url ?? '');
    clients = await Promise.all(replicas.gateways.map(({ url }) => TestClient.connect(url)));
    await orders.place({ orderId: 'job' });
    for (const client of clients) await client.event('orderCreated');
  }, 180_000);
  afterAll(async () => {
    await replicas.stop();
    await Promise.all([mongo.stop(), redis.stop()]);
  }, 60_000);

  const connectAs = (user: RedisUser) => {
    const connection = new Redis(urlOf(user), { maxRetriesPerRequest: 0, retryStrategy: () => null });
    connection.on('error', () => undefined);
    own(() => {
      connection.disconnect();
    });
    return connection;
  };

  /** Clients are on the same connections, and have heard exactly what was committed and announced. */
  const expectNoEffect = async () => {
    const sids = clients.map(({ socket }) => socket.id);
    const quantity = ++changes;
    await orders.change('job', { quantity });
    expect((await orders.announce(`after ${quantity}`)).status).toBe(202);
    for (const client of clients) {
      await client.event('job/update', ({ revision }) => revision === quantity + 1);
      await client.event('announcement', ({ message }) => message === `after ${quantity}`);
      expect(client.revisions('job/update')).toEqual(Array.from({ length: quantity }, (_, i) => i + 2));
      expect(client.events.filter(({ name }) => name === 'announcement')).toHaveLength(quantity);
      expect(client.events.filter(({ name }) => name === 'orderUpdated')).toHaveLength(quantity);
      expect(client.events.filter(({ name }) => name === 'orderDeleted')).toEqual([]);
      expect(client.events.filter(({ name }) => name === 'orderCreated')).toHaveLength(1);
      expect(client.connectionEvents.map(({ name }) => name)).toEqual(['ready']);
      expect((await client.joinRoom()).ok).toBe(true);
    }
    expect(clients.map(({ socket }) => socket.id)).toEqual(sids);
  };

  it.each(['gateway', 'orders-api'] as const)('is refused every command that the %s does not need', async (user) => {
    const allowed: string[][] = [];
    for (const command of FORBIDDEN_COMMANDS[user]) {
      const connection = connectAs(user);
      const [name, ...args] = command;
      const error = await connection.call(name, ...args).then(
        () => undefined,
        (reason: unknown) => String(reason),
      );
      if (!/NOPERM|can't run this command/.test(error ?? '')) allowed.push([...command, error ?? 'no error']);
      connection.disconnect();
    }
    expect(allowed).toEqual([]);
    await expectNoEffect();
  });

  it('has no effect on clients with messages that nothing of ours sends', async () => {
    const connection = connectAs('orders-api');
    for (const [what, channel, message] of UNSENT_MESSAGES) {
      const receivers = await connection.publish(channel, message);
      expect({ what, receivers }).toEqual({ what, receivers: clients.length });
    }
    connection.disconnect();
    await expectNoEffect();
  });
});
