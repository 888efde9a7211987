import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type HistoryEntry, type Order } from '@galley/contracts';
import { inDeliverySince } from '../../src/store/in-delivery.js';
import { fillDerivedFields } from '../../src/store/mongo/fill-derived-fields.js';
import { change, place, remove, type OrderCommit } from '../../src/store/order-commit.js';
import { ordersRepositoryContract } from '../../src/store/orders.repository.contract.js';
import { type OrdersRepository } from '../../src/store/orders.repository.js';
import { toChange } from '../../src/publication/order-change.js';
import { CAME_TO_DELIVERY, EARLIER_ORDERS, EARLIER_TOMBSTONE, LATER_FIELDS } from './earlier-documents.js';
import { mongoOfFile } from './mongo-of-file.js';
import { openRepository } from './open-repository.js';

const mongo = mongoOfFile();

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 10, 1, second)).toISOString();
const staff = { role: 'staff', sub: 'sam' } as const;

/**
 * Opens a repository that stores each new order as version 0.2.0 has. All else is done by this version. `npm run db:indexes`
 * runs before each search for words, which needs it.
 */
async function openWithEarlierOrders() {
  const opened = await openRepository(mongo);
  const { orders, documents } = opened;
  const [insert, list, count] = [orders.insert.bind(orders), orders.list.bind(orders), orders.count.bind(orders)];
  orders.insert = async (commit, idempotency) => {
    const isStored = await insert(commit, idempotency);
    if (isStored)
      await documents.collection.updateOne({ _id: commit.order.orderId as never }, { $unset: LATER_FIELDS });
    return isStored;
  };
  orders.list = async (query) => {
    if (query.words) await fillDerivedFields(documents, 'UTC');
    return list(query);
  };
  orders.count = async (filter) => {
    if (filter.words) await fillDerivedFields(documents, 'UTC');
    return count(filter);
  };
  return opened;
}

describe('with orders that version 0.2.0 has placed', () => {
  ordersRepositoryContract(openWithEarlierOrders);
});

describe.each(Object.entries(EARLIER_ORDERS))('an order that version %s has stored', (_version, document) => {
  let orders: OrdersRepository;
  let close: () => Promise<void>;
  let documents: Awaited<ReturnType<typeof openRepository>>['documents'];
  let order: Order;

  beforeEach(async () => {
    ({ orders, documents, close } = await openRepository(mongo));
    await documents.collection.insertOne(structuredClone(document) as never);
    const stored = await orders.find('a');
    if (!stored) throw new Error('The order was not found');
    ({ order } = stored);
  });
  afterEach(() => close());

  const history = async () => (await orders.history('a', { order: 'oldest', limit: 10 })) ?? [];
  const update = async (commit: OrderCommit) => {
    expect(await orders.update(commit)).toBe(true);
    ({ order } = commit);
    expect((await orders.find('a'))?.order).toStrictEqual(commit.entry.type === 'deleted' ? undefined : order);
  };

  it('is read, alone and in lists, with its history', async () => {
    const { _id: orderId, customerId, title, quantity, status, estimatedDate } = document;
    const { dateIssued, revision, updatedAt } = document;
    const content = { customerId, title, quantity, status, estimatedDate };
    expect(order).toStrictEqual({ orderId, ...content, dateIssued, revision, updatedAt });
    expect(await orders.list({ limit: 10, statuses: ['Delivery'] })).toStrictEqual({
      orders: [order],
      next: undefined,
    });
    expect(await history()).toStrictEqual(document.history);
    const placed = await orders.findPlaced('a');
    expect(placed?.order).toMatchObject({ orderId: 'a', revision: 1, status: 'In Production' });
    expect(placed?.idempotency).toEqual({ key: 'k', fingerprint: 'f' });
  });

  it('is changed, closed, opened again and deleted', async () => {
    await update(change(order, { rush: true, note: 'Call first' }, at(1), staff));
    await update(change(order, { closed: true }, at(2), { role: 'system' }));
    await update(change(order, { closed: false, estimatedDate: null }, at(3), staff));
    await update(remove(order, at(4), staff));
    const { history: stored } = (await documents.collection.findOne({ _id: 'a' as never })) as unknown as {
      history: HistoryEntry[];
    };
    expect(stored.map(({ revision, actor }) => [revision, actor])).toEqual([
      [1, undefined],
      [2, undefined],
      [3, undefined],
      [4, staff],
      [5, { role: 'system' }],
      [6, staff],
      [7, staff],
    ]);
  });

  it('is published with what it had before, and with what this version adds', async () => {
    await update(change(order, { closed: true, note: 'Paid' }, at(1), staff));
    const [unpublished] = await orders.unpublished(['a'], 10);
    const changes = unpublished?.entries.map((entry) => toChange(unpublished.order, entry)) ?? [];
    expect(changes.map(({ revision, staffPart }) => [revision, staffPart])).toEqual([
      [3, undefined],
      [4, JSON.stringify({ actor: staff, note: 'Paid' })],
    ]);
    expect(JSON.parse(changes[1]?.order ?? '')).toEqual(order);
    await orders.markPublished([{ orderId: 'a', revision: 4, timestamp: at(1) }]);
    expect(await orders.findUnpublished(10)).toEqual([]);
    expect(await orders.find('a')).toMatchObject({ publishedRevision: 4 });
  });

  it('tells by its history since when it has stood in Delivery', async () => {
    const since = inDeliverySince(order, await history());
    expect(since?.toISOString()).toBe(CAME_TO_DELIVERY);
    expect(await orders.findInDelivery(new Date(at(59)), 10)).toEqual([]);
    await documents.collection.updateOne({ _id: 'a' as never }, { $set: { inDeliverySince: since } });
    expect(await orders.findInDelivery(new Date(at(59)), 10)).toEqual([{ orderId: 'a', since }]);
  });

  it('waits to be closed from its next change on, if nobody has filled in the time', async () => {
    await update(change(order, { quantity: 7 }, at(1), staff));
    expect(await orders.findInDelivery(new Date(at(59)), 10)).toEqual([{ orderId: 'a', since: new Date(at(1)) }]);
  });

  it('is gone once it is deleted, and its id stays taken', async () => {
    await documents.collection.replaceOne({ _id: 'a' as never }, structuredClone(EARLIER_TOMBSTONE));
    expect(await orders.find('a')).toBeUndefined();
    expect(await orders.list({ limit: 10 })).toEqual({ orders: [] });
    expect(await orders.purgeTombstones(new Date(at(59)))).toBe(1);
    const another = place({ customerId: 'bo', title: 'T', quantity: 1, status: 'Delivery' }, 'a', at(2));
    expect(await orders.insert(another)).toBe(false);
  });
});
