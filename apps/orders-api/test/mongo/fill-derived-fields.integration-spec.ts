import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wordsOf, type Order, type PlaceOrder } from '@galley/contracts';
import { fillDerivedFields } from '../../src/store/mongo/fill-derived-fields.js';
import { type OrderFilter } from '../../src/store/lists/order-filter.js';
import { change, remove } from '../../src/store/order-commit.js';
import { idsOf } from '../../src/store/order-lists.contract.js';
import { at, placed } from '../../src/store/repository-of-each-test.contract.js';
import { CAME_TO_DELIVERY, EARLIER_ORDERS, LATER_FIELDS } from './earlier-documents.js';
import { mongoOfFile } from './mongo-of-file.js';
import { openRepository } from './open-repository.js';

const run = promisify(execFile);
const mongo = mongoOfFile();

let opened: Awaited<ReturnType<typeof openRepository>>;
beforeEach(async () => {
  opened = await openRepository(mongo);
});
afterEach(() => opened.close());

const ids = (filter: OrderFilter) => idsOf(opened.orders, filter, 2);
const found = (q: string) => ids({ words: wordsOf(q) });
const count = async (filter: OrderFilter) => (await opened.orders.count(filter)).total;
const fill = (timeZone = 'UTC') => fillDerivedFields(opened.documents, timeZone);

/** Stores an order as the version before does. */
const insertOld = async (orderId: string, second: number, more: Partial<PlaceOrder> = {}) => {
  const commit = placed(orderId, second, { estimatedDate: '2026-12-24', ...more });
  await opened.orders.insert(commit);
  await opened.documents.collection.updateOne({ _id: orderId as never }, { $unset: LATER_FIELDS });
  return commit.order;
};

/** Changes an order as the version before does: without what is derived from it. */
const changeOld = async (current: Order, request: Partial<PlaceOrder>, second = 59) => {
  const { order, entry } = change(current, request, at(second));
  const { orderId, ...fields } = order;
  const { matchedCount } = await opened.documents.collection.updateOne(
    { _id: orderId as never, revision: current.revision },
    { $set: fields, $push: { history: entry } as never },
  );
  return matchedCount === 1 ? order : undefined;
};

const END_OF_24TH = new Date('2026-12-25T00:00:00.000Z');

describe('orders of the version before', () => {
  it('are in all lists but searches before they are filled', async () => {
    const order = await insertOld('a', 1);
    await insertOld('b', 2);
    const filters: OrderFilter[] = [
      ...[{}, { open: true }, { statuses: ['In Production'] as const }, { customerId: 'ana' }, { rush: false }],
      ...[{ updatedSince: at(0) }, { dueBefore: END_OF_24TH }, { open: true, dueAfter: new Date(at(0)) }],
      // The words are checked order by order, if the list is not read from the index of words.
      { customerId: 'ana', words: ['annual', 'b'] },
    ];
    for (const filter of filters) {
      const expected = filter.words ? ['b'] : ['b', 'a'];
      expect([filter, await ids(filter), await count(filter)]).toEqual([filter, expected, expected.length]);
    }
    expect([await ids({ dueAfter: END_OF_24TH }), await ids({ open: false }), await found('annual')]).toEqual([
      [],
      [],
      [],
    ]);
    await opened.orders.update(change(order, { closed: true }, at(3)));
    expect([await ids({ open: true }), await ids({ open: false })]).toEqual([['b'], ['a']]);
  });

  it('are found by words once they are filled, and are filled once', async () => {
    const order = await insertOld('a', 1);
    await opened.orders.insert(placed('new', 2));
    expect(await found('annual')).toEqual(['new']);
    expect(await fill()).toBe(1);
    expect(await found('annual')).toEqual(['new', 'a']);
    expect(await ids({ dueBefore: END_OF_24TH })).toEqual(['a']);
    expect(await fill()).toBe(0);
    expect((await opened.orders.find('a'))?.order).toStrictEqual(order);
  });

  it('are filled by their next change', async () => {
    const order = await insertOld('a', 1);
    await opened.orders.update(change(order, { quantity: 7 }, at(2)));
    expect(await found('annual')).toEqual(['a']);
    expect(await fill()).toBe(0);
  });

  it('are found by what they are, not by what they were when they were filled, if that version has changed them', async () => {
    const order = await insertOld('a', 1);
    await fill();
    await changeOld(order, { title: 'Flyers', estimatedDate: '2027-01-01' });
    for (const filter of [{ words: ['annual'] }, { dueBefore: END_OF_24TH }]) {
      expect([filter, await ids(filter), await count(filter)]).toEqual([filter, [], 0]);
    }
    for (const filter of [{ words: ['a'] }, { dueAfter: END_OF_24TH }, { customerId: 'ana', words: ['flyers'] }]) {
      expect([filter, await ids(filter), await count(filter)]).toEqual([filter, ['a'], 1]);
    }
    expect(await found('flyers')).toEqual([]);
    expect(await fill()).toBe(1);
    expect(await found('flyers')).toEqual(['a']);
  });

  it('are filled while that version writes, and never with what they were before', async () => {
    const orders: Order[] = [];
    for (let i = 0; i < 30; i++) orders.push(await insertOld(`o${i}`, i));
    const even = orders.filter((_, i) => i % 2 === 0);
    await Promise.all([fill(), ...even.map((order) => changeOld(order, { title: 'Flyers', status: 'Delivery' }))]);
    await fill();
    const evenIds = even.map(({ orderId }) => orderId).sort();
    expect((await found('flyers')).sort()).toEqual(evenIds);
    expect(await found('annual')).toHaveLength(15);
    const inDelivery = await opened.orders.findInDelivery(new Date(at(59)), 100);
    expect(inDelivery).toEqual(evenIds.map((orderId) => ({ orderId, since: new Date(at(59)) })));
  });

  it('are filled again for another time zone', async () => {
    await insertOld('a', 1);
    await fill();
    expect(await fill('Asia/Tokyo')).toBe(1);
    const document = await opened.documents.findOne({ _id: 'a' }).lean();
    expect(document?.derived).toMatchObject({ timeZone: 'Asia/Tokyo', dueAt: new Date('2026-12-24T14:59:59.999Z') });
    expect(await ids({ dueBefore: END_OF_24TH })).toEqual(['a']);
  });

  it('are filled by npm run db:indexes', async () => {
    await insertOld('a', 1);
    const uri = new URL(mongo.service.url);
    uri.pathname = `/${opened.documents.db.name}`;
    const env = { ...process.env, MONGODB_URI: uri.href, TIME_ZONE: 'Asia/Tokyo' };
    const { stdout } = await run(process.execPath, ['apps/orders-api/dist/db-indexes.js'], { env });
    expect(stdout).toMatch(/^orders: _id_, .*\nOrders that were filled: 1\n$/);
    expect(await found('annual')).toEqual(['a']);
    expect(await fill('Asia/Tokyo')).toBe(0);
  });

  it('leave nothing in the indexes when they are deleted, by either version', async () => {
    const order = await insertOld('a', 1, { status: 'Delivery' });
    await fill();
    await opened.orders.update(remove(order, at(2)));
    await insertOld('b', 1, { status: 'Delivery' });
    await fill();
    await opened.documents.updateOne({ _id: 'b' }, { $set: { deleted: true, deletedAt: new Date(), revision: 2 } });
    expect([await found('annual'), await ids({ open: true })]).toEqual([[], []]);
    expect(await fill()).toBe(1);
    for (const field of ['derived', 'inDeliverySince']) {
      expect(await opened.documents.countDocuments({ [field]: { $exists: true } })).toBe(0);
    }
  });
});

describe('the time since when an order stands in Delivery', () => {
  const inDelivery = async () =>
    (await opened.orders.findInDelivery(new Date(at(59)), 10)).map(({ orderId, since }) => [
      orderId,
      since.toISOString(),
    ]);

  it('is filled from the history that each earlier version has stored', async () => {
    for (const [version, document] of Object.entries(EARLIER_ORDERS)) {
      await opened.documents.collection.insertOne({ ...structuredClone(document), _id: version as never });
    }
    await insertOld('elsewhere', 1, { status: 'Packaging' });
    expect(await inDelivery()).toEqual([]);
    expect(await fill()).toBe(3);
    expect(await inDelivery()).toEqual(Object.keys(EARLIER_ORDERS).map((version) => [version, CAME_TO_DELIVERY]));
  });

  it('is corrected where an earlier version has moved the order meanwhile: away, or away and back', async () => {
    const [left, back] = [
      await insertOld('left', 1, { status: 'Delivery' }),
      await insertOld('back', 1, { status: 'Delivery' }),
    ];
    await fill();
    expect(await inDelivery()).toEqual([
      ['back', at(1)],
      ['left', at(1)],
    ]);
    await changeOld(left, { status: 'Packaging' }, 2);
    const away = await changeOld(back, { status: 'Packaging' }, 2);
    if (away) await changeOld(away, { status: 'Delivery' }, 3);
    expect(await fill()).toBe(2);
    expect(await inDelivery()).toEqual([['back', at(3)]]);
    const document = await opened.documents.findOne({ _id: 'left' }).lean();
    expect(document).not.toHaveProperty('inDeliverySince');
  });
});
