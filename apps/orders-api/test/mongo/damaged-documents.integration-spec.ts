import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { decodeEntry, encodeChange, InMemoryChangeFeed, type FeedBeat } from '@galley/change-feed';
import { type PlaceOrder } from '@galley/contracts';
import { StoreCheck } from '../../src/health/store.check.js';
import { toChange } from '../../src/publication/order-change.js';
import { PublicationMonitor } from '../../src/publication/publication-monitor.js';
import { InMemoryFeedWitness } from '../../src/store/in-memory-feed-witness.js';
import { change, place } from '../../src/store/order-commit.js';
import { idsOf } from '../../src/store/order-lists.contract.js';
import { type OrdersRepository } from '../../src/store/orders.repository.js';
import { mongoOfFile } from './mongo-of-file.js';
import { openRepository } from './open-repository.js';

const mongo = mongoOfFile();

const request: PlaceOrder = { customerId: 'ana', title: 'Annual report', quantity: 500, status: 'In Production' };
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 10, 0, second)).toISOString();
const placed = (orderId: string, second: number) => place({ ...request, dateIssued: at(second) }, orderId, at(second));

const first = { ...placed('damaged', 5).entry };
const second = change(placed('damaged', 5).order, { quantity: 1 }, at(6)).entry;

interface Damage {
  what: string;
  /** What the document has instead; undefined removes the field. */
  fields: Record<string, unknown>;
  /** What can still be done with the order. */
  isListed?: boolean;
  isPublished?: boolean;
}

const DAMAGES: Damage[] = [
  { what: 'a customerId with a line break', fields: { customerId: 'a\nb' } },
  { what: 'no customerId', fields: { customerId: undefined } },
  { what: 'an id with a space', fields: { _id: 'a b' } },
  { what: 'an id that is a number', fields: { _id: 7 } },
  { what: 'no title', fields: { title: undefined }, isPublished: true },
  { what: 'a title that is a number', fields: { title: 7 }, isPublished: true },
  { what: 'an endless title', fields: { title: 'x'.repeat(2_000_000) }, isPublished: true },
  { what: 'an endless message', fields: { history: [{ ...first, message: 'x'.repeat(2_000_000) }] }, isListed: true },
  { what: 'an unknown status', fields: { status: 'Lost' }, isPublished: true },
  { what: 'a quantity that is a text', fields: { quantity: '7' }, isPublished: true },
  { what: 'an estimatedDate that is no date', fields: { estimatedDate: 'soon' }, isPublished: true },
  { what: 'a dateIssued that is no date', fields: { dateIssued: 'soon' } },
  { what: 'a dateIssued of another type', fields: { dateIssued: new Date() } },
  { what: 'no dateIssued', fields: { dateIssued: undefined } },
  { what: 'a dateIssued in the year 10000', fields: { dateIssued: '+010000-01-01T23:58:59.000Z' } },
  { what: 'an updatedAt of another type', fields: { updatedAt: 7 }, isPublished: true },
  { what: 'no history', fields: { history: undefined } },
  { what: 'a history that is a text', fields: { history: 'x' } },
  { what: 'an empty history', fields: { history: [] }, isListed: true },
  { what: 'an entry that is nothing', fields: { history: [null] }, isListed: true },
  { what: 'an entry of an unknown type', fields: { history: [{ ...first, type: 'moved' }] }, isListed: true },
  { what: 'an entry with a bad time', fields: { history: [{ ...first, timestamp: 'soon' }] }, isListed: true },
  { what: 'an entry without a title', fields: { history: [{ ...first, title: undefined }] }, isListed: true },
  { what: 'a history that lacks a change', fields: { revision: 2, history: [second] }, isListed: true },
  { what: 'a history with a change twice', fields: { revision: 2, history: [first, first] }, isListed: true },
  { what: 'a revision that is a text', fields: { revision: '1' } },
  { what: 'a revision that is no number', fields: { revision: NaN } },
  { what: 'an endless revision', fields: { revision: Infinity } },
  { what: 'a revision between two', fields: { revision: 1.5 } },
  { what: 'no revision', fields: { revision: undefined } },
  { what: 'a publishedRevision that is a text', fields: { publishedRevision: '0' } },
  { what: 'no publishedRevision', fields: { publishedRevision: undefined } },
  {
    what: 'an unpublishedSince that is a text',
    fields: { unpublishedSince: 'soon' },
    isListed: true,
    isPublished: true,
  },
];

describe('a damaged document', () => {
  let orders: OrdersRepository;
  let close: () => Promise<void>;
  let documents: Awaited<ReturnType<typeof openRepository>>['documents'];
  const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();

  beforeEach(async () => {
    ({ orders, documents, close } = await openRepository(mongo));
    logged.mockClear();
  });
  afterEach(() => close());

  /** Stores an order and then damages its document, behind the back of the repository. */
  const insertDamaged = async (orderId: string, fields: Record<string, unknown>) => {
    const { order, entry } = placed(orderId, 5);
    const { orderId: _id, ...content } = order;
    const document: Record<string, unknown> = {
      ...{ _id, ...content, history: [entry], deleted: false },
      ...{ publishedRevision: 0, unpublishedSince: new Date(at(0)) },
      ...fields,
    };
    const present = Object.entries(document).filter(([, value]) => value !== undefined);
    await documents.collection.insertOne(Object.fromEntries(present));
    return (fields._id ?? orderId) as string;
  };

  const listed = () => idsOf(orders, {}, 2);

  it.each(DAMAGES)('with $what disturbs no other order', async ({ fields, isListed = false, isPublished = false }) => {
    await orders.insert(placed('before', 4));
    const id = await insertDamaged('damaged', fields);
    await orders.insert(placed('after', 6));

    const unpublished = await orders.unpublished(['before', id, 'after'], 10);
    for (const { order, entries } of unpublished) {
      for (const entry of entries) {
        const text = `1 ${'0'.repeat(16)} ${encodeChange(toChange(order, entry))}`;
        expect(decodeEntry(text, '1', 1)).toMatchObject({ orderId: order.orderId });
      }
    }
    const names = (found: { orderId: string }[]) => found.map(({ orderId }) => orderId).sort();
    expect(names(unpublished.map(({ order }) => order))).toEqual(['after', 'before', ...(isPublished ? [id] : [])]);
    expect(await orders.countUnpublished(10)).toBeGreaterThanOrEqual(2);
    expect(names(await orders.findUnpublished(10)).filter((waiting) => waiting !== id)).toEqual(['after', 'before']);
    if (!isPublished) expect(names(await orders.findUnpublished(10))).not.toContain(id);

    expect(await listed()).toEqual(isListed ? ['after', id, 'before'] : ['after', 'before']);
    expect(await idsOf(orders, { rush: false }, 2)).toEqual(isListed ? ['after', id, 'before'] : ['after', 'before']);
    expect((await orders.count({ statuses: ['In Production'] })).total).toBeGreaterThanOrEqual(2);
    expect((await orders.find(id))?.order.orderId).toBe(isListed ? id : undefined);
    expect(await orders.purgeTombstones(new Date(at(50)))).toBe(0);

    await listed();
    await orders.unpublished([id], 10);
    expect(logged.mock.calls.length).toBeLessThanOrEqual(1);
    if (!isListed) expect(logged.mock.calls.flat().join()).toContain(`The document "${id}" is damaged`);
  });

  it('leaves its page full, however many there are', async () => {
    await orders.insert(placed('first', 9));
    for (let i = 0; i < 30; i++) {
      await insertDamaged(`damaged-${i}`, { customerId: 'a\nb', ...(i % 2 === 0 && { dateIssued: new Date() }) });
    }
    for (const [i, orderId] of ['d', 'c', 'b', 'a'].entries()) await orders.insert(placed(orderId, 4 - i));
    expect(await listed()).toEqual(['first', 'd', 'c', 'b', 'a']);
    expect((await orders.list({ limit: 4 })).orders.map(({ orderId }) => orderId)).toEqual(['first', 'd', 'c', 'b']);
  });

  it('is not what the gateways are told to wait for', async () => {
    for (let i = 0; i < 250; i++) await insertDamaged(`damaged-${i}`, { customerId: 'a\nb' });
    const feed = new InMemoryChangeFeed();
    const told: FeedBeat[] = [];
    feed.subscribe({ onChange: () => undefined, onGap: () => undefined, onBeat: (beat) => told.push(beat) });
    const monitor = new PublicationMonitor(orders, feed, new InMemoryFeedWitness());
    await monitor.check();
    expect([told, monitor.isLate]).toEqual([[{ unpublishedForMs: 0 }], false]);
    expect(await new StoreCheck(orders).check()).toMatchObject({
      state: 'degraded',
      details: { damagedDocuments: 250 },
    });
  });

  it('is published once it is repaired and changed', async () => {
    await insertDamaged('damaged', { customerId: 'a\nb' });
    expect(await orders.unpublished(['damaged'], 10)).toEqual([]);
    expect(await orders.findUnpublished(10)).toEqual([]);
    await documents.collection.updateOne({ _id: 'damaged' as never }, { $set: { customerId: 'ana' } });
    const { order } = (await orders.find('damaged')) ?? placed('damaged', 5);
    expect(await orders.update(change(order, { quantity: 2 }, at(9)))).toBe(true);
    expect(await orders.unpublished(['damaged'], 10)).toMatchObject([{ entries: [{ revision: 1 }, { revision: 2 }] }]);
    expect(await orders.findUnpublished(10)).toMatchObject([{ orderId: 'damaged' }]);
  });

  it('is not one that only has a text which is refused by now', async () => {
    const title = 'a\u202eb'.repeat(60);
    await insertDamaged('damaged', { title, history: [{ ...first, title }] });
    expect((await orders.find('damaged'))?.order.title).toBe(title);
    expect(await orders.unpublished(['damaged'], 10)).toMatchObject([{ entries: [{ title }] }]);
    expect(logged).not.toHaveBeenCalled();
  });
});
