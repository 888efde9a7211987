import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { InMemoryChangeFeed } from '@galley/change-feed';
import { AuditLog } from '@galley/runtime';
import { DeliveredOrdersCloser } from '../../src/closing/delivered-orders.closer.js';
import { readOrdersApiConfig } from '../../src/orders-api.config.js';
import { Publisher } from '../../src/publication/publisher.js';
import { InMemoryFeedWitness } from '../../src/store/in-memory-feed-witness.js';
import { InMemoryTurns } from '../../src/store/in-memory-turns.js';
import { mongoOfFile } from './mongo-of-file.js';
import { openRepository } from './open-repository.js';

const mongo = mongoOfFile();

const DAY_MS = 24 * 60 * 60 * 1_000;
const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS);

let repository: Awaited<ReturnType<typeof openRepository>>;
beforeEach(async () => {
  repository = await openRepository(mongo);
});
afterEach(() => repository.close());

/** Stores an order that came to `Delivery` so long ago, and is published. */
async function insert(orderId: string, cameDaysAgo: number, fields: Record<string, unknown> = {}): Promise<void> {
  const came = daysAgo(cameDaysAgo);
  const content = { title: 'T', quantity: 1, status: 'Delivery' };
  const document: Record<string, unknown> = {
    ...{ _id: orderId, customerId: 'ana', ...content, dateIssued: came.toISOString(), deleted: false },
    ...{ revision: 1, updatedAt: came.toISOString(), publishedRevision: 1, inDeliverySince: came },
    history: [{ type: 'created', revision: 1, timestamp: came.toISOString(), ...content }],
    ...fields,
  };
  const present = Object.entries(document).filter(([, value]) => value !== undefined);
  await repository.documents.collection.insertOne(Object.fromEntries(present));
}

/** Closes for this many turns. */
async function closeFor(count: number): Promise<number> {
  const { orders } = repository;
  const turns = new InMemoryTurns();
  turns.takeTurn = () => Promise.resolve(true);
  const publisher = new Publisher(orders, new InMemoryChangeFeed(), new InMemoryFeedWitness());
  const audit = new AuditLog({ level: 'fatal', format: 'text', name: 'test' });
  const config = readOrdersApiConfig({ AUTH: 'open', REDIS_URL: 'redis://localhost' });
  const closer = new DeliveredOrdersCloser(orders, turns, publisher, audit, config);
  let closed = 0;
  for (let i = 0; i < count; i++) closed += await closer.closeDue();
  await publisher.settled();
  return closed;
}

const closedIds = async () => {
  const closed = await repository.documents.find({ closedAt: { $exists: true } }, { _id: 1 }).lean();
  return closed.map(({ _id }) => _id).sort();
};

it('closes every order that is due, past any number of damaged documents', async () => {
  const damages: Record<string, unknown>[] = [
    ...[{ customerId: 'a\nb' }, { history: undefined }, { history: [null] }, { history: 'x' }, { title: 7 }],
    ...[{ revision: 'x' }, { publishedRevision: undefined }, { inDeliverySince: 'soon' }, { _id: 7 }],
  ];
  for (const [i, damage] of damages.entries()) await insert(`damaged-${i}`, 30, damage);
  for (let i = 0; i < 45; i++) await insert(`unreadable-${i}`, 20, { customerId: 'a\nb' });
  await insert('due', 8);
  await insert('not-due', 6);
  expect(await closeFor(4)).toBe(1);
  expect(await closedIds()).toEqual(['due']);
  expect((await repository.orders.find('due'))?.order).toMatchObject({ revision: 2 });
});

it('counts by the history where an earlier version has moved an order away and back', async () => {
  const moved = (status: string, revision: number, days: number) => ({
    ...{ type: revision === 1 ? 'created' : 'updated', revision, timestamp: daysAgo(days).toISOString() },
    ...{ title: 'T', quantity: 1, status },
  });
  const history = [moved('Delivery', 1, 30), moved('Packaging', 2, 10), moved('Delivery', 3, 2)];
  const fields = { history, revision: 3, publishedRevision: 3, updatedAt: daysAgo(2).toISOString() };
  await insert('came-back', 30, fields);
  await insert('left', 30, { status: 'Packaging' });
  expect(await closeFor(3)).toBe(0);
  expect(await closedIds()).toEqual([]);
});
