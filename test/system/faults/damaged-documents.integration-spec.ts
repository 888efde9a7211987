import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createConnection, type Connection } from 'mongoose';
import { OrdersClient, own, startMongo, startRedis, TestClient, waitFor, type BackingService } from '@galley/testing';
import { databaseOf, startReplicas } from '../harness/replicas.js';

let services: BackingService[];
let replicas: Awaited<ReturnType<typeof startReplicas>>;
let orders: OrdersClient;
let database: Connection;
let client: TestClient;

beforeAll(async () => {
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  services = [mongo, redis];
  const mongodbUri = databaseOf(mongo.url, 'damaged');
  database = await createConnection(mongodbUri).asPromise();
  own(() => database.close());
  const env = { MONGODB_URI: mongodbUri, REDIS_URL: redis.url, FEED_NAME: 'damaged-documents' };
  replicas = await startReplicas({ apis: 1, gateways: ['g'], env });
  orders = new OrdersClient(replicas.apis[0]?.url ?? '');
  client = await TestClient.connect(replicas.gateways[0]?.url ?? '', { auth: { feed: true } });
  await waitFor(() => client.connectionEvents.at(-1)?.payload.live, 'a live feed');
  client.connectionEvents.length = 0;
}, 180_000);
afterAll(async () => {
  client.close();
  await replicas.stop();
  await database.close();
  await Promise.all(services.map((service) => service.stop()));
}, 60_000);

/** A long time ago: every gateway would be told to wait for it. */
const LONG_AGO = new Date(Date.UTC(2026, 0, 1));

it.each<[what: string, damage: Record<string, unknown>]>([
  ['a customerId with a line break', { customerId: 'a\nb' }],
  ['no history', { history: undefined }],
  ['an entry with a bad time', { history: [{ type: 'created', revision: 1, timestamp: 'soon', title: 'T' }] }],
  ['revisions that are no numbers', { revision: 'x', publishedRevision: null }],
])('is heard by nobody and delays nobody: a document with %s', async (what, damage) => {
  const id = what.replaceAll(' ', '-');
  const { body } = await orders.place({ orderId: `intact-${id}` });
  const { orderId, ...content } = body;
  const entry = { type: 'created', revision: 1, timestamp: content.updatedAt, title: 'T', quantity: 1 };
  const document: Record<string, unknown> = {
    ...{ _id: id, ...content, deleted: false, publishedRevision: 0, unpublishedSince: LONG_AGO },
    ...{ history: [{ ...entry, status: content.status }], ...damage },
  };
  await database
    .collection('orders')
    .insertOne(Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined)));

  for (let i = 1; i <= 20; i++) {
    expect((await orders.change(orderId, { quantity: i })).status).toBe(200);
    await orders.place({ orderId: `${id}-${i}` });
    await client.event('orderCreated', (payload) => payload.orderId === `${id}-${i}`);
  }
  expect(client.revisions(`${orderId}/update`)).toEqual(Array.from({ length: 20 }, (_, i) => i + 2));
  expect(client.events.filter(({ payload }) => payload.orderId === id)).toEqual([]);
  const { body: list } = await orders.list({ limit: 200 });
  expect(list.orders.filter(({ orderId: other }) => other.startsWith(`${id}-`))).toHaveLength(20);
  expect((await orders.place({ orderId: id })).status).toBe(409);
  expect((await orders.history(id)).status).toBe(404);
});

it('is the reason why the API is degraded, and no client is told that changes are late', async () => {
  const { body } = await orders.send<{ details: object }>('GET', '/health/ready');
  expect(body.details).toMatchObject({ store: { status: 'degraded', damagedDocuments: 4 }, feed: { status: 'up' } });
  await waitFor(() => client.connectionEvents.length > 0, 'the heartbeat of the feed');
  expect(client.connectionEvents.filter(({ name, payload }) => name !== 'feed' || !payload.live)).toEqual([]);
});
