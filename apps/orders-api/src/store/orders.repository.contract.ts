import { describe, expect, it } from '@jest/globals';
import { change, remove } from './order-commit.js';
import { orderEndingsContract } from './order-endings.contract.js';
import { orderListsContract } from './order-lists.contract.js';
import { type OrderBacklog } from './orders.repository.js';
import { at, placed, repositoryOfEachTest, type OpenRepository } from './repository-of-each-test.contract.js';

/** The contract of every order store. `open` gives an empty one. */
export function ordersRepositoryContract(open: OpenRepository): void {
  orderEndingsContract(open);
  orderListsContract(open);

  describe('an orders repository', () => {
    const repository = repositoryOfEachTest(open);
    const { insert, update, found, history, backlog } = repository;

    describe('commits', () => {
      it('returns exactly what was stored, and absent fields stay absent', async () => {
        const bare = await insert(placed('bare'));
        const full = await insert(placed('full', 1, { estimatedDate: '2026-12-24', message: 'Danke, 東京' }));
        expect(await found('bare')).toStrictEqual(bare.order);
        expect(await found('full')).toStrictEqual(full.order);
        expect(await history('full')).toStrictEqual([full.entry]);
        expect(await found('other')).toBeUndefined();
        expect(await history('other')).toBeUndefined();
      });

      it('refuses an id that is taken, and stores nothing', async () => {
        const first = await insert(placed('a'));
        expect(await repository.orders.insert(placed('a', 1, { title: 'Other' }))).toBe(false);
        expect(await found('a')).toStrictEqual(first.order);
        expect(await history('a')).toHaveLength(1);
      });

      it('stores the order and the entry of a change together', async () => {
        const { order } = await insert(placed('a', 0, { estimatedDate: '2026-12-24' }));
        const changed = await update(change(order, { status: 'Packaging', estimatedDate: null, message: 'Hi' }, at(1)));
        expect(await found('a')).toStrictEqual(changed.order);
        expect(changed.order).not.toHaveProperty('estimatedDate');
        expect(await history('a')).toMatchObject([
          { revision: 1, type: 'created', estimatedDate: '2026-12-24' },
          { revision: 2, type: 'updated', status: 'Packaging', message: 'Hi' },
        ]);
      });

      it('refuses a change of a revision that is not the current one', async () => {
        const { order } = await insert(placed('a'));
        await update(change(order, { quantity: 1 }, at(1)));
        expect(await repository.orders.update(change(order, { quantity: 2 }, at(2)))).toBe(false);
        expect(await repository.orders.update(change({ ...order, revision: 7 }, { quantity: 2 }, at(2)))).toBe(false);
        expect(await found('a')).toMatchObject({ quantity: 1, revision: 2 });
        expect(await repository.orders.update(change(placed('none').order, { quantity: 2 }, at(2)))).toBe(false);
      });

      it('lets exactly one of many writers of one revision win', async () => {
        const { order } = await insert(placed('a'));
        const wins = await Promise.all(
          Array.from({ length: 20 }, (_, i) => repository.orders.update(change(order, { quantity: i + 1 }, at(1)))),
        );
        expect(wins.filter(Boolean)).toHaveLength(1);
        expect(await history('a')).toHaveLength(2);
      });

      it('refuses a change with a key that the history has, and takes any other', async () => {
        const key = (name: string) => ({ key: name, fingerprint: 'f' });
        const { order } = await insert(placed('a'));
        const second = change(order, { quantity: 2 }, at(1));
        expect(await repository.orders.update(second, key('k'))).toBe(true);
        const third = change(second.order, { quantity: 3 }, at(2));
        expect(await repository.orders.update(third, key('k'))).toBe(false);
        expect(await repository.orders.find('a')).toMatchObject({ order: { quantity: 2, revision: 2 } });
        expect(await repository.orders.update(third, key('l'))).toBe(true);
        expect(await repository.orders.update(change(third.order, { quantity: 4 }, at(3)))).toBe(true);
        expect(
          await repository.orders.update(change({ ...order, revision: 4 }, { quantity: 5 }, at(4)), key('l')),
        ).toBe(false);
      });

      it('lets exactly one of many writers of one id win', async () => {
        const wins = await Promise.all(Array.from({ length: 20 }, () => repository.orders.insert(placed('a'))));
        expect(wins.filter(Boolean)).toHaveLength(1);
      });

      it('hides a deleted order but keeps its id and its unpublished changes', async () => {
        const { order } = await insert(placed('a'));
        const removed = await update(remove(order, at(1)));
        expect(await found('a')).toBeUndefined();
        expect(await history('a')).toBeUndefined();
        expect(await repository.orders.list({ limit: 10 })).toEqual({ orders: [], next: undefined });
        expect(await repository.orders.insert(placed('a'))).toBe(false);
        expect(await repository.orders.update(change(removed.order, { quantity: 1 }, at(2)))).toBe(false);
        expect(await backlog('a')).toEqual([1, 2]);
      });

      it('keeps the newest 1,000 entries of the history, and publishes from them', async () => {
        let { order } = await insert(placed('a'));
        for (let i = 2; i <= 1_003; i++) ({ order } = await update(change(order, { quantity: i }, at(i % 60))));
        const entries = await history('a');
        expect(entries).toHaveLength(1_000);
        expect([entries?.at(0)?.revision, entries?.at(-1)?.revision]).toEqual([4, 1_003]);
        await repository.orders.markPublished([{ orderId: 'a', revision: 1_001, timestamp: at(0) }]);
        expect(await backlog('a')).toEqual([1_002, 1_003]);
      }, 60_000);
    });

    describe('publication', () => {
      it('holds back every change until it is marked', async () => {
        const { order } = await insert(placed('a'));
        const second = await update(change(order, { quantity: 2 }, at(1)));
        expect(await repository.orders.unpublished(['a', 'none'], 10)).toMatchObject([
          {
            order: { orderId: 'a', customerId: 'ana', dateIssued: at(0) },
            entries: [{ revision: 1 }, { revision: 2 }],
            left: 0,
          },
        ]);
        await repository.orders.markPublished([{ orderId: 'a', revision: 1, timestamp: at(0) }]);
        expect(await backlog('a')).toEqual([2]);
        await update(change(second.order, { quantity: 3 }, at(2)));
        await repository.orders.markPublished([{ orderId: 'a', revision: 3, timestamp: at(0) }]);
        expect(await repository.orders.unpublished(['a'], 10)).toEqual([]);
      });

      it('returns the revision up to which an order is marked', async () => {
        await insert(placed('a'));
        expect(await repository.orders.find('a')).toMatchObject({ publishedRevision: 0 });
        await repository.orders.markPublished([{ orderId: 'a', revision: 1, timestamp: at(0) }]);
        expect(await repository.orders.find('a')).toMatchObject({ publishedRevision: 1 });
      });

      it('returns the oldest unpublished changes of each order, and says how many are left', async () => {
        let { order } = await insert(placed('a'));
        await insert(placed('b'));
        for (let i = 2; i <= 120; i++) ({ order } = await update(change(order, { quantity: i }, at(i % 60))));
        await repository.orders.markPublished([{ orderId: 'a', revision: 70, timestamp: at(0) }]);
        const unpublished = async (perOrder: number) =>
          (await repository.orders.unpublished(['b', 'a'], perOrder))
            .map(({ order: { orderId }, entries, left }) => [orderId, ...entries.map(({ revision }) => revision), left])
            .sort();
        expect(await unpublished(2)).toEqual([
          ['a', 71, 72, 48],
          ['b', 1, 0],
        ]);
        expect(await backlog('a')).toEqual(Array.from({ length: 50 }, (_, i) => i + 71));
      });

      it('moves the time of a backlog on with each mark, and never back', async () => {
        const { order } = await insert(placed('a', 1));
        const second = await update(change(order, { quantity: 2 }, at(20)));
        const third = await update(change(second.order, { quantity: 3 }, at(30)));
        await update(change(third.order, { quantity: 4 }, at(40)));
        expect(await repository.orders.countUnpublished(10)).toBe(4);
        await repository.orders.markPublished([{ orderId: 'a', revision: 2, timestamp: at(20) }]);
        expect(await repository.orders.findUnpublished(10)).toEqual([{ orderId: 'a', since: new Date(at(20)) }]);
        await repository.orders.markPublished([{ orderId: 'a', revision: 1, timestamp: at(1) }]);
        expect(await repository.orders.findUnpublished(10)).toEqual([{ orderId: 'a', since: new Date(at(20)) }]);
        expect(await repository.orders.countUnpublished(10)).toBe(2);
        await repository.orders.markPublished([{ orderId: 'a', revision: 4, timestamp: at(40) }]);
        await repository.orders.markPublished([{ orderId: 'a', revision: 3, timestamp: at(30) }]); // late
        expect(await repository.orders.findUnpublished(10)).toEqual([]);
        expect(await repository.orders.countUnpublished(10)).toBe(0);
      });

      it('counts the changes of those that have waited longest', async () => {
        const { order } = await insert(placed('a', 1));
        await update(change(order, { quantity: 2 }, at(2)));
        await insert(placed('b', 3));
        expect([await repository.orders.countUnpublished(1), await repository.orders.countUnpublished(2)]).toEqual([
          2, 3,
        ]);
      });

      it('never undoes a mark', async () => {
        const { order } = await insert(placed('a'));
        await update(change(order, { quantity: 2 }, at(1)));
        await repository.orders.markPublished([{ orderId: 'a', revision: 2, timestamp: at(0) }]);
        await repository.orders.markPublished([{ orderId: 'a', revision: 1, timestamp: at(0) }]);
        expect(await backlog('a')).toEqual([]);
      });

      it('finds the orders with unpublished changes, the oldest first, page by page', async () => {
        const found = async (limit = 10, after?: OrderBacklog) =>
          (await repository.orders.findUnpublished(limit, after)).map(({ orderId }) => orderId);
        const { order } = await insert(placed('a', 2));
        for (const orderId of ['c', 'b']) await insert(placed(orderId, 1));
        await insert(placed('future', 59));
        expect(await repository.orders.findUnpublished(10)).toEqual([
          { orderId: 'b', since: new Date(at(1)) },
          { orderId: 'c', since: new Date(at(1)) },
          { orderId: 'a', since: new Date(at(2)) },
          { orderId: 'future', since: new Date(at(59)) },
        ]);
        expect(await found(1)).toEqual(['b']);
        expect(await found(2, { orderId: 'b', since: new Date(at(1)) })).toEqual(['c', 'a']);
        expect(await found(2, { orderId: 'c', since: new Date(at(1)) })).toEqual(['a', 'future']);
        await repository.orders.markPublished([{ orderId: 'a', revision: 1, timestamp: at(0) }]);
        expect(await found()).toEqual(['b', 'c', 'future']);
        await update(remove(order, at(3)));
        await repository.orders.markPublished([{ orderId: 'a', revision: 1, timestamp: at(0) }]);
        expect(await found()).toEqual(['b', 'c', 'a', 'future']);
      });
    });
  });
}
