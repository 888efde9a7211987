import { describe, expect, it } from '@jest/globals';
import { change, place, remove } from './order-commit.js';
import { type OrderInDelivery } from './orders.repository.js';
import { at, placed, repositoryOfEachTest, request, type OpenRepository } from './repository-of-each-test.contract.js';

/** The part of the contract of every order store that documents of version 0.2.0 cannot keep: they lack the fields. */
export function newFieldsContract(open: OpenRepository): void {
  describe('an orders repository knows', () => {
    const repository = repositoryOfEachTest(open);
    const { insert, update, found, history } = repository;

    describe('open orders in Delivery', () => {
      const waiting = async (before = 59, limit = 10, after?: OrderInDelivery) =>
        (await repository.orders.findInDelivery(new Date(at(before)), limit, after)).map(({ orderId }) => orderId);
      const since = async (orderId: string) =>
        (await repository.orders.findInDelivery(new Date(at(59)), 10))
          .find((found) => found.orderId === orderId)
          ?.since.toISOString();

      it('are found by when they came there, the first first, page by page', async () => {
        for (const [i, orderId] of ['c', 'b', 'a'].entries()) await insert(placed(orderId, i, { status: 'Delivery' }));
        await insert(placed('b2', 1, { status: 'Delivery' }));
        await insert(placed('elsewhere', 1));
        expect(await waiting()).toEqual(['c', 'b', 'b2', 'a']);
        expect(await waiting(1)).toEqual(['c', 'b', 'b2']);
        expect(await waiting(59, 2)).toEqual(['c', 'b']);
        expect(await waiting(59, 2, { orderId: 'b', since: new Date(at(1)) })).toEqual(['b2', 'a']);
      });

      it('keep their time through other changes, and lose it when they leave, are closed or deleted', async () => {
        let { order } = await insert(placed('a', 1));
        ({ order } = await update(change(order, { status: 'Delivery' }, at(2))));
        ({ order } = await update(change(order, { quantity: 2, rush: true }, at(3))));
        expect(await since('a')).toBe(at(2));
        ({ order } = await update(change(order, { status: 'Packaging' }, at(4))));
        expect(await waiting()).toEqual([]);
        ({ order } = await update(change(order, { status: 'Delivery' }, at(5))));
        expect(await since('a')).toBe(at(5));
        ({ order } = await update(change(order, { closed: true }, at(6))));
        expect(await waiting()).toEqual([]);
        ({ order } = await update(change(order, { closed: false }, at(7))));
        expect(await since('a')).toBe(at(7));
        await update(remove(order, at(8)));
        expect(await waiting()).toEqual([]);
      });
    });

    describe('who made a change and its note', () => {
      const actor = { role: 'staff', sub: 'sam' } as const;

      it('are of the entry, and never of the order', async () => {
        const first = place({ ...request, note: 'Paid in cash' }, 'a', at(0), actor);
        await repository.orders.insert(first, { key: 'k', fingerprint: 'f' });
        const { order } = await update(change(first.order, { rush: true, note: 'Call first' }, at(1), actor));
        await update(change(order, { closed: true }, at(2), { role: 'system' }));
        expect((await history('a'))?.map((entry) => [entry.actor, entry.note])).toEqual([
          [actor, 'Paid in cash'],
          [actor, 'Call first'],
          [{ role: 'system' }, undefined],
        ]);
        const [unpublished] = await repository.orders.unpublished(['a'], 10);
        expect(unpublished?.entries).toStrictEqual(await history('a'));
        const orders = [await found('a'), (await repository.orders.findPlaced('a'))?.order, unpublished?.order];
        orders.push(...(await repository.orders.list({ limit: 10 })).orders);
        for (const each of orders) {
          expect(each).not.toHaveProperty('actor');
          expect(each).not.toHaveProperty('note');
        }
        expect(orders[0]).toMatchObject({ rush: true, closedAt: at(2) });
      });
    });
  });
}
