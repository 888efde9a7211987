import { describe, expect, it } from '@jest/globals';
import { change, remove } from './order-commit.js';
import { type HistoryPage } from './orders.repository.js';
import { at, placed, repositoryOfEachTest, type OpenRepository } from './repository-of-each-test.contract.js';

/** The part of the contract of every order store that is about what stays of an order, and what ends. */
export function orderEndingsContract(open: OpenRepository): void {
  describe('an orders repository keeps', () => {
    const repository = repositoryOfEachTest(open);
    const { insert, update, found, history, backlog } = repository;

    describe('histories, which', () => {
      const revisions = async (page: HistoryPage) =>
        (await repository.orders.history('a', page))?.map(({ revision }) => revision) ?? 'none';

      it('are read page by page in both directions', async () => {
        let { order } = await insert(placed('a'));
        for (let i = 2; i <= 7; i++) ({ order } = await update(change(order, { quantity: i }, at(i))));
        expect(await revisions({ order: 'oldest', limit: 3 })).toEqual([1, 2, 3]);
        expect(await revisions({ order: 'oldest', after: 3, limit: 3 })).toEqual([4, 5, 6]);
        expect(await revisions({ order: 'oldest', after: 6, limit: 3 })).toEqual([7]);
        expect(await revisions({ order: 'oldest', after: 7, limit: 3 })).toEqual([]);
        expect(await revisions({ order: 'oldest', after: 99, limit: 3 })).toEqual([]);
        expect(await revisions({ order: 'newest', limit: 3 })).toEqual([7, 6, 5]);
        expect(await revisions({ order: 'newest', after: 5, limit: 3 })).toEqual([4, 3, 2]);
        expect(await revisions({ order: 'newest', after: 2, limit: 3 })).toEqual([1]);
        expect(await revisions({ order: 'newest', after: 1, limit: 3 })).toEqual([]);
        expect(await revisions({ order: 'newest', after: 99, limit: 3 })).toEqual([7, 6, 5]);
        expect(await repository.orders.history('none', { order: 'oldest', limit: 3 })).toBeUndefined();
      });

      it('go on at the oldest entry that is left, and end there', async () => {
        let { order } = await insert(placed('a'));
        for (let i = 2; i <= 1_005; i++) ({ order } = await update(change(order, { quantity: i }, at(i % 60))));
        expect(await revisions({ order: 'oldest', after: 2, limit: 2 })).toEqual([6, 7]);
        expect(await revisions({ order: 'newest', after: 8, limit: 50 })).toEqual([7, 6]);
        expect(await revisions({ order: 'newest', after: 6, limit: 50 })).toEqual([]);
      }, 60_000);
    });

    describe('an order that was placed with a key, which', () => {
      const idempotency = { key: 'k', fingerprint: 'f' };

      it('is remembered as it was placed, after changes and a deletion', async () => {
        const first = placed('a', 0, { estimatedDate: '2026-12-24' });
        expect(await repository.orders.insert(first, idempotency)).toBe(true);
        await insert(placed('b'));
        const changed = await update(change(first.order, { quantity: 7 }, at(1)));
        await update(remove(changed.order, at(2)));
        expect(await repository.orders.findPlaced('a')).toStrictEqual({ order: first.order, idempotency });
        expect(await repository.orders.findPlaced('b')).toBeUndefined();
        expect(await repository.orders.findPlaced('none')).toBeUndefined();
      });

      it('is remembered after its history has dropped the creation', async () => {
        const first = placed('a');
        await repository.orders.insert(first, idempotency);
        let { order } = first;
        for (let i = 2; i <= 1_002; i++) ({ order } = await update(change(order, { quantity: i }, at(i % 60))));
        expect((await history('a'))?.at(0)?.revision).toBe(3);
        expect(JSON.stringify((await repository.orders.findPlaced('a'))?.order)).toBe(JSON.stringify(first.order));
      }, 60_000);
    });

    describe('a change that was made with a key, which', () => {
      const idempotency = { key: 'k', fingerprint: 'f' };

      it('is found by that key on its order, as it was, after other changes and a deletion', async () => {
        const { order } = await insert(placed('a'));
        await insert(placed('b'));
        const first = change(order, { quantity: 7, estimatedDate: '2026-12-24' }, at(1));
        expect(await repository.orders.update(first, idempotency)).toBe(true);
        const second = await update(change(first.order, { quantity: 8, estimatedDate: null }, at(2)));
        const removal = remove(second.order, at(3));
        expect(await repository.orders.update(removal, { key: 'l', fingerprint: 'g' })).toBe(true);
        expect(await repository.orders.findChange('a', 'k')).toStrictEqual({ order: first.order, idempotency });
        expect((await repository.orders.findChange('a', 'l'))?.order.revision).toBe(4);
        expect(await repository.orders.findChange('a', 'none')).toBeUndefined();
        expect(await repository.orders.findChange('b', 'k')).toBeUndefined();
        expect(await repository.orders.findChange('none', 'k')).toBeUndefined();
      });

      it('is told to nobody with its key, and stores none if another was first', async () => {
        const { order } = await insert(placed('a'));
        const late = change(order, { quantity: 7 }, at(1));
        await update(change(order, { quantity: 6 }, at(1)));
        expect(await repository.orders.update(late, idempotency)).toBe(false);
        expect(await repository.orders.findChange('a', 'k')).toBeUndefined();
        const { order: now } = await update(change(late.order, { quantity: 8 }, at(2)));
        expect(await repository.orders.update(change(now, { quantity: 9 }, at(3)), idempotency)).toBe(true);
        expect(JSON.stringify(await history('a'))).not.toContain('fingerprint');
        expect(JSON.stringify(await repository.orders.unpublished(['a'], 10))).not.toContain('fingerprint');
      });

      it('is forgotten once its history has dropped it', async () => {
        let { order } = await insert(placed('a'));
        const keyed = change(order, { quantity: 7 }, at(1));
        expect(await repository.orders.update(keyed, idempotency)).toBe(true);
        ({ order } = keyed);
        for (let i = 3; i <= 1_001; i++) ({ order } = await update(change(order, { quantity: i }, at(i % 60))));
        expect((await repository.orders.findChange('a', 'k'))?.order.revision).toBe(2);
        await update(change(order, { quantity: 1_002 }, at(0)));
        expect(await repository.orders.findChange('a', 'k')).toBeUndefined();
      }, 60_000);
    });

    describe('a tombstone, which', () => {
      it('loses its content if it is old and published', async () => {
        for (const orderId of ['old', 'new', 'waiting', 'living']) await insert(placed(orderId));
        await update(remove(placed('old').order, at(1)));
        await update(remove(placed('waiting').order, at(1)));
        await update(remove(placed('new').order, at(30)));
        await repository.orders.markPublished(
          ['old', 'new'].map((orderId) => ({ orderId, revision: 2, timestamp: at(0) })),
        );
        await repository.orders.markPublished([{ orderId: 'living', revision: 1, timestamp: at(0) }]);
        expect(await repository.orders.purgeTombstones(new Date(at(20)))).toBe(1);
        expect(await repository.orders.purgeTombstones(new Date(at(20)))).toBe(0);
        expect(await backlog('waiting')).toEqual([1, 2]);
        expect(await found('living')).toMatchObject({ orderId: 'living' });
      });

      it('keeps its id taken forever', async () => {
        const first = placed('a');
        await repository.orders.insert(first, { key: 'k', fingerprint: 'f' });
        const { order } = await update(remove(first.order, at(1)));
        await repository.orders.markPublished([{ orderId: 'a', revision: 2, timestamp: at(0) }]);
        expect(await repository.orders.purgeTombstones(new Date(at(20)))).toBe(1);
        expect(await repository.orders.insert(placed('a', 30))).toBe(false);
        expect(await repository.orders.insert(placed('a', 30), { key: 'k', fingerprint: 'f' })).toBe(false);
        expect(await repository.orders.update(change(order, { quantity: 2 }, at(30)))).toBe(false);
        expect(await repository.orders.update(change(first.order, { quantity: 2 }, at(30)))).toBe(false);
        await repository.orders.markPublished([{ orderId: 'a', revision: 2, timestamp: at(0) }]);
        expect(await found('a')).toBeUndefined();
        expect(await history('a')).toBeUndefined();
        expect(await repository.orders.findPlaced('a')).toBeUndefined();
        expect(await repository.orders.findChange('a', 'k')).toBeUndefined();
        expect(await repository.orders.list({ limit: 10 })).toEqual({ orders: [], next: undefined });
        expect(await repository.orders.unpublished(['a'], 10)).toEqual([]);
        expect(await repository.orders.findUnpublished(10)).toEqual([]);
      });
    });
  });
}
