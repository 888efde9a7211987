import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { newestFirst, type Order } from '@galley/contracts';
import { anOrder } from './server-model.js';
import { OrderBook } from '../src/sync/order-book.js';
import { type OrderChange } from '../src/sync/order-change.js';
import { SortedOrders } from '../src/sync/sorted-orders.js';

const about = (order: Order) => ({
  orderId: order.orderId,
  revision: order.revision,
  position: 'e1:1',
  timestamp: order.updatedAt,
});
const created = (order: Order): OrderChange => ({ type: 'created', event: { ...about(order), order } });
const updated = (order: Order): OrderChange => ({
  type: 'updated',
  event: { ...about(order), status: order.status, order },
});
const update = (order: Order): OrderChange => ({
  type: 'updated',
  event: { ...about(order), status: order.status, estimatedDate: order.estimatedDate },
});
const deleted = (order: Order): OrderChange => ({ type: 'deleted', event: about(order) });

const at = (revision: number, change: Partial<Order> = {}) => anOrder('a1', { revision, ...change });

describe('OrderBook', () => {
  it('applies successors, ignores what it has, and does not skip a revision', () => {
    const book = new OrderBook();
    expect(book.apply(created(at(1)))).toBe('applied');
    expect(book.apply(updated(at(2)))).toBe('applied');
    expect(book.apply(updated(at(2)))).toBe('known');
    expect(book.apply(created(at(1)))).toBe('known');
    expect(book.apply(updated(at(4)))).toBe('gap');
    expect(book.apply(deleted(at(4)))).toBe('gap');
    expect(book.list()).toEqual([at(2)]);
  });

  it('knows that something is missing if an order appears without its creation', () => {
    const book = new OrderBook();
    expect(book.apply(updated(at(2)))).toBe('gap');
    expect(book.apply(update(at(2)))).toBe('gap');
    expect(book.apply(deleted(at(3)))).toBe('unseen');
    expect(book.list()).toEqual([]);
  });

  it('does not bring back a deleted order, neither with an older event nor with an older page', () => {
    const book = new OrderBook();
    book.apply(created(at(1)));
    expect(book.apply(deleted(at(2)))).toBe('applied');
    expect(book.isDeleted('a1')).toBe(true);
    expect(book.apply(created(at(1)))).toBe('known');
    expect(book.replace([at(1)])).toEqual({ added: [], changed: [], removed: [] });
    expect(book.list()).toEqual([]);
  });

  it('drops an order that a snapshot does not have, and adds it again if a later one has it', () => {
    const book = new OrderBook();
    book.replace([at(3)]);
    expect(book.replace([])).toEqual({ added: [], changed: [], removed: [at(3)] });
    expect(book.isDeleted('a1')).toBe(true);
    expect(book.apply(updated(at(3)))).toBe('known');
    expect(book.replace([at(3)])).toMatchObject({ added: [at(3)] });
    expect(book.isDeleted('a1')).toBe(false);
  });

  it('knows that an order is gone if a snapshot has not what it skipped, also if that comes again', () => {
    for (const matches of [undefined, () => true]) {
      const book = new OrderBook(matches);
      book.replace([at(1)]);
      book.skip(updated(at(2)));
      book.skip(created(anOrder('b1')));
      book.skip(created(anOrder('c1')));
      expect(book.replace([anOrder('c1')])).toMatchObject({ added: [anOrder('c1')], removed: [at(1)] });
      for (const repeated of [updated(at(2)), created(anOrder('b1'))]) expect(book.apply(repeated)).toBe('known');
      expect(book.list()).toEqual([anOrder('c1')]);
      book.replace([]);
      expect(book.replace([anOrder('b1')])).toMatchObject({ added: [anOrder('b1')] });
    }
  });

  it('keeps the higher revision of the snapshot and its own, and the same object if nothing changed', () => {
    const book = new OrderBook();
    const [a, b, c] = [anOrder('a1', { revision: 5 }), anOrder('b1'), anOrder('c1')];
    book.replace([a, b, c]);
    const newer = anOrder('c1', { revision: 2 });
    expect(book.replace([anOrder('a1', { revision: 4 }), anOrder('b1'), newer])).toEqual({
      added: [],
      changed: [newer],
      removed: [],
    });
    expect(book.get('a1')).toBe(a);
    expect(book.get('b1')).toBe(b);
  });

  it('treats an id that is used again as another order', () => {
    const again = at(1, { dateIssued: '2026-02-01T00:00:00.000Z' });
    const told = new OrderBook();
    told.apply(created(at(1)));
    told.apply(deleted(at(2)));
    expect(told.apply(created(again))).toBe('applied');
    expect(told.list()).toEqual([again]);
    expect(told.isDeleted('a1')).toBe(false);

    const away = new OrderBook();
    away.replace([at(9)]);
    expect(away.replace([again]).changed).toEqual([again]);
    expect(away.list()).toEqual([again]);
  });

  it('applies an update without the whole order, and is incomplete until the order is fetched', () => {
    const book = new OrderBook();
    book.replace([at(1, { estimatedDate: '2026-01-02' })]);
    expect(book.apply(update(at(2, { status: 'Delivery', title: 'New' })))).toBe('applied');
    expect(book.get('a1')).toStrictEqual(at(2, { status: 'Delivery' }));
    expect(book.hasIncomplete).toBe(true);
    expect(book.complete(at(1))).toBe(false);
    expect(book.complete(at(3))).toBe(false);
    expect(book.replace([at(2, { status: 'Delivery', title: 'Newer' })]).changed).toHaveLength(1);
    expect(book.hasIncomplete).toBe(false);
    expect(book.complete(at(2, { status: 'Delivery', title: 'New' }))).toBe(true);
    expect(book.get('a1')?.title).toBe('New');
    expect(book.hasIncomplete).toBe(false);
  });

  it('closes and opens an order by an update without the whole order', () => {
    const book = new OrderBook();
    book.replace([at(1)]);
    const closedAt = '2026-01-03T00:00:00.000Z';
    expect(book.apply({ type: 'updated', event: { ...about(at(2)), status: 'Delivery', closedAt } })).toBe('applied');
    expect(book.get('a1')).toStrictEqual(at(2, { status: 'Delivery', closedAt }));
    expect(book.apply(update(at(3)))).toBe('applied');
    expect(book.get('a1')).toStrictEqual(at(3));
  });

  it('keeps fields that it does not know', () => {
    const book = new OrderBook();
    const later = { ...at(1), paper: 'matte' };
    book.replace([later]);
    book.apply(update(at(2)));
    expect(book.get('a1')).toEqual({ ...later, revision: 2 });
  });

  describe('of open orders', () => {
    const closed = (revision: number) => at(revision, { closedAt: '2026-01-03T00:00:00.000Z' });
    const openBook = () => new OrderBook(({ closedAt }) => closedAt === undefined);

    it('lets an order go with the change that closes it, and takes it back with the one that opens it', () => {
      const book = openBook();
      book.apply(created(at(1)));
      expect(book.apply(updated(closed(2)))).toBe('applied');
      expect([book.list(), book.isDeleted('a1')]).toEqual([[], false]);
      expect(book.apply(updated(closed(2)))).toBe('known');
      expect(book.apply(updated(at(3)))).toBe('applied');
      expect(book.list()).toEqual([at(3)]);
      expect(book.apply(updated(closed(5)))).toBe('gap');
    });

    it('takes an order whose earlier changes it need not know', () => {
      const book = openBook();
      expect(book.apply(updated(closed(7)))).toBe('unseen');
      expect(book.apply(updated(at(9)))).toBe('applied');
      expect(book.list()).toEqual([at(9)]);
    });

    it('knows of a deletion whether it shows the order or not, and nothing after it', () => {
      const book = openBook();
      book.apply(updated(closed(7)));
      expect(book.apply(deleted(at(8)))).toBe('unseen');
      expect(book.isDeleted('a1')).toBe(true);
      expect(book.apply(updated(at(9)))).toBe('gap');
    });

    it('does not bring back a closed order, neither with an older event nor with an older page', () => {
      const book = openBook();
      book.apply(created(at(1)));
      book.apply(updated(closed(2)));
      expect(book.apply(updated(at(2)))).toBe('known');
      expect(book.replace([at(1)])).toEqual({ added: [], changed: [], removed: [] });
      expect(book.replace([at(3)])).toMatchObject({ added: [at(3)] });
      const other = openBook();
      other.skip(updated(closed(2)));
      expect(other.replace([at(1)]).added).toEqual([]);
    });

    it('has reached what it knows to have left it, and not what may bring it back', () => {
      const book = openBook();
      book.apply(updated(closed(2)));
      expect([2, 3].map((revision) => book.hasReached('a1', revision))).toEqual([true, false]);
      book.apply(updated(at(3)));
      book.replace([]);
      expect([book.isDeleted('a1'), book.hasReached('a1', 4)]).toEqual([false, true]);
    });
  });

  it('forgets the oldest of too many deletions', () => {
    const book = new OrderBook();
    for (let i = 0; i <= 10_000; i++) book.apply(deleted(anOrder(`o${i}`)));
    expect(['o0', 'o1', 'o10000'].map((id) => book.isDeleted(id))).toEqual([false, true, true]);
  });
});

describe('SortedOrders', () => {
  it('is sorted after any changes, and never changes a view', () => {
    const order = fc
      .record({ id: fc.constantFrom('a', 'b', 'B', 'c'), day: fc.constantFrom('1', '2', '3') })
      .map(({ id, day }) => anOrder(`${id}${day}`));
    const change = fc.record({ order, isDeleted: fc.boolean(), look: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        const sorted = new SortedOrders();
        const expected = new Map<string, Order>();
        const views: [readonly Order[], string][] = [];
        for (const { order, isDeleted, look } of changes) {
          if (isDeleted) sorted.delete(order);
          else sorted.put(order);
          if (isDeleted) expected.delete(order.orderId);
          else expected.set(order.orderId, order);
          if (look) views.push([sorted.view(), JSON.stringify(sorted.view())]);
        }
        expect(sorted.view()).toEqual([...expected.values()].sort(newestFirst));
        expect(sorted.view()).toBe(sorted.view());
        for (const [view, text] of views) expect(JSON.stringify(view)).toBe(text);
      }),
    );
  });
});
