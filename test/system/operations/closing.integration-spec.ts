import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnection, type Connection } from 'mongoose';
import { OrdersClient, own, startMongo, startRedis, TestClient, waitFor, type BackingService } from '@galley/testing';
import { databaseOf, startReplicas } from '../harness/replicas.js';

const ORDERS = 1_000;
const PER_SECOND = 20;
const DAY_MS = 24 * 60 * 60 * 1_000;

describe(`${ORDERS} orders that are due to be closed when two APIs start`, () => {
  const services: BackingService[] = [];
  let replicas: Awaited<ReturnType<typeof startReplicas>>;
  let orders: OrdersClient;
  let database: Connection;
  let client: TestClient;

  beforeAll(async () => {
    const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
    services.push(mongo, redis);
    const mongodbUri = databaseOf(mongo.url, 'closing');
    database = await createConnection(mongodbUri).asPromise();
    own(() => database.close());
    const env = { MONGODB_URI: mongodbUri, REDIS_URL: redis.url, FEED_NAME: 'closing' };
    const gateway = await startReplicas({ apis: 0, gateways: ['g'], env });
    client = await TestClient.connect(gateway.gateways[0]?.url ?? '');
    await database.collection('orders').insertMany(Array.from({ length: ORDERS }, (_, i) => delivered(i)) as never);
    replicas = await startReplicas({ apis: 2, gateways: [], env });
    orders = new OrdersClient(replicas.apis[0]?.url ?? '');
  }, 180_000);
  afterAll(async () => {
    client.close();
    await Promise.all(services.map((service) => service.stop()));
  }, 60_000);

  /** The first has waited longest. All are published, as far as the database knows. */
  const delivered = (i: number) => {
    const came = new Date(Date.now() - 30 * DAY_MS + i * 1_000);
    const content = { title: 'T', quantity: 1, status: 'Delivery' };
    return {
      ...{ _id: `o${String(i).padStart(4, '0')}`, customerId: 'ana', ...content, deleted: false },
      ...{ dateIssued: came.toISOString(), revision: 1, updatedAt: came.toISOString(), publishedRevision: 1 },
      ...{ history: [{ type: 'created', revision: 1, timestamp: came.toISOString(), ...content }] },
      inDeliverySince: came,
    };
  };

  it('are closed once each, 20 a second, and each client hears of each once and in their order', async () => {
    const closes = () => client.events.filter(({ name }) => name === 'orderUpdated');
    await waitFor(() => closes().length >= ORDERS, 'all to be closed', 3 * ((ORDERS / PER_SECOND) * 1_000));
    const heard = closes().map(({ payload }) => payload);
    expect(new Set(heard.map(({ orderId }) => orderId)).size).toBe(ORDERS);
    expect(heard).toHaveLength(ORDERS);
    for (const { revision, closedAt, timestamp, order } of heard) {
      expect([revision, closedAt, order?.closedAt]).toEqual([2, timestamp, timestamp]);
    }
    const bySecond = new Map<string, number>();
    for (const { timestamp = '' } of heard) {
      const second = timestamp.slice(0, 19);
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
    }
    const times = heard.map(({ timestamp = '' }) => Date.parse(timestamp));
    const seconds = (Math.max(...times) - Math.min(...times)) / 1_000;
    process.stdout.write(`closed ${ORDERS} orders in ${seconds} s, ${(ORDERS / seconds).toFixed(1)} a second\n`);
    expect(ORDERS / seconds).toBeLessThanOrEqual(PER_SECOND * 1.05);
    expect(ORDERS / seconds).toBeGreaterThan(PER_SECOND / 2);
    // A turn that begins at the end of a second may end in the next one.
    expect(Math.max(...bySecond.values())).toBeLessThanOrEqual(2 * PER_SECOND);
    const { body } = await orders.history('o0500');
    expect(body.history).toMatchObject([{ revision: 1 }, { revision: 2, actor: { role: 'system' } }]);
    expect(body.history).toHaveLength(2);
    const revisions = await database.collection('orders').distinct('revision');
    expect(revisions).toEqual([2]);
  }, 240_000);
});
