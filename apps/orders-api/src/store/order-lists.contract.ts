import { describe, expect, it } from '@jest/globals';
import { ORDER_STATUSES, wordsOf, type ListKey, type Order } from '@galley/contracts';
import { type OrderFilter } from './lists/order-filter.js';
import { change, place, remove } from './order-commit.js';
import { type OrdersRepository } from './orders.repository.js';
import { at, placed, repositoryOfEachTest, type OpenRepository } from './repository-of-each-test.contract.js';

/** The ids of a list, read page by page. */
export async function idsOf(orders: OrdersRepository, filter: OrderFilter, limit = 3): Promise<string[]> {
  const ids: string[] = [];
  for (let after: ListKey | undefined; ;) {
    const page = await orders.list({ ...filter, after, limit });
    expect(page.orders.length).toBeLessThanOrEqual(limit);
    ids.push(...page.orders.map(({ orderId }) => orderId));
    if (!page.next) return ids;
    after = page.next;
  }
}

const day = (date: number) => `2026-12-${String(date).padStart(2, '0')}`;
const end = (date: number) => new Date(`${day(date)}T23:59:59.999Z`);

/** The part of the contract of every order store that is about lists. */
export function orderListsContract(open: OpenRepository): void {
  describe('the lists of an orders repository', () => {
    const repository = repositoryOfEachTest(open);
    const { insert, update } = repository;
    const ids = (filter: OrderFilter, limit?: number) => idsOf(repository.orders, filter, limit);

    it('are newest first by dateIssued, ties by the greater order id', async () => {
      for (const [orderId, second] of [
        ['b', 5],
        ['old', 1],
        ['a', 5],
        ['new', 9],
        ['B', 5],
      ] as const) {
        await insert(placed(orderId, second));
      }
      expect(await ids({})).toEqual(['new', 'b', 'a', 'B', 'old']);
      expect(await ids({}, 1)).toEqual(['new', 'b', 'a', 'B', 'old']);
      expect((await repository.orders.list({ limit: 5 })).next).toBeUndefined();
    });

    it('go on after a given place, whether there is an order or not', async () => {
      for (let i = 0; i < 7; i++) await insert(placed(`o${i}`, Math.floor(i / 2)));
      const { orders, next } = await repository.orders.list({ after: { dateIssued: at(1), orderId: 'o2x' }, limit: 2 });
      expect(orders.map(({ orderId }) => orderId)).toEqual(['o2', 'o1']);
      expect(next).toMatchObject({ orderId: 'o1' });
    });

    it('have what is open, or what is closed, at each moment', async () => {
      let { order } = await insert(placed('a', 1));
      await insert(placed('b', 2));
      ({ order } = await update(change(order, { closed: true }, at(3))));
      expect([await ids({ open: true }), await ids({ open: false })]).toEqual([['b'], ['a']]);
      ({ order } = await update(change(order, { closed: false }, at(4))));
      expect([await ids({ open: true }), await ids({ open: false })]).toEqual([['b', 'a'], []]);
      await update(remove(order, at(5)));
      expect([await ids({ open: true }), await ids({ open: false })]).toEqual([['b'], []]);
    });

    it('have each order by what it is now', async () => {
      const { order } = await insert(placed('a', 1, { status: 'In Printing', rush: true, title: 'Flyers' }));
      const next = { status: 'Delivery', rush: null, title: 'Poster', estimatedDate: day(24) } as const;
      await update(change(order, next, at(9)));
      const past: OrderFilter[] = [{ statuses: ['In Printing'] }, { rush: true }, { words: ['flyers'] }];
      for (const filter of past) expect(await ids(filter)).toEqual([]);
      const present: OrderFilter[] = [
        ...[{ statuses: ['Delivery'] as const }, { rush: false }, { words: ['poster'] }],
        ...[{ dueAfter: end(24) }, { updatedSince: at(9) }],
      ];
      for (const filter of present) expect(await ids(filter)).toEqual(['a']);
      expect(await ids({ updatedSince: at(10) })).toEqual([]);
      expect(await ids({ statuses: ['Packaging', 'Delivery'] })).toEqual(['a']);
    });

    it('have what is due from one moment on and before another', async () => {
      for (let i = 1; i <= 5; i++) await insert(placed(`o${i}`, i, { estimatedDate: day(20 + i) }));
      await insert(placed('noon', 6, { estimatedDate: '2026-12-23T13:00:00+01:00' }));
      await insert(placed('never', 7));
      expect(await ids({ dueBefore: end(23) })).toEqual(['noon', 'o2', 'o1']);
      expect(await ids({ dueAfter: end(23) })).toEqual(['o5', 'o4', 'o3']);
      expect(await ids({ dueAfter: end(22), dueBefore: end(23) })).toEqual(['noon', 'o2']);
      expect(await ids({ dueAfter: new Date('2026-12-23T12:00:00.000Z'), dueBefore: end(23) })).toEqual(['noon']);
    });

    it('find each word as the beginning of a word of title, id or customer', async () => {
      await insert(placed('job-1042', 1, { title: 'Übergroße Lithographien', customerId: 'ana.sørensen@example.com' }));
      await insert(placed('job-2042', 2, { title: 'Lithographs', customerId: 'bo' }));
      const found = (q: string) => ids({ words: wordsOf(q) });
      for (const q of ['ubergross', 'ÜBER', '1042', 'ana', 'Sorensen', 'lithographi', 'lithographien', 'j litho a']) {
        expect([q, await found(q)]).toEqual([q, ['job-1042']]);
      }
      for (const q of ['job', 'lithograph', 'litho job', 'l']) {
        expect([q, await found(q)]).toEqual([q, ['job-2042', 'job-1042']]);
      }
      for (const q of ['042', 'ithograph', 'lithographienx', 'ana bo', 'ana.*x']) {
        expect([q, await found(q)]).toEqual([q, []]);
      }
    });

    it('match every combination of filters exactly, page by page', async () => {
      const orders: Order[] = [];
      for (let i = 0; i < 60; i++) {
        const { order } = await insert(
          place(
            {
              title: i % 2 === 0 ? 'Annual report' : 'Flyers',
              customerId: `c${i % 3}`,
              quantity: 1,
              status: ORDER_STATUSES[i % 5] ?? 'Delivery',
              ...(i % 4 === 0 && { rush: true }),
              ...(i % 5 < 3 && { estimatedDate: day(1 + (i % 20)) }),
              dateIssued: at(i % 7),
            },
            `o${i}`,
            at(i % 60),
          ),
        );
        orders.push(i % 3 === 1 ? (await update(change(order, { closed: true }, at(59)))).order : order);
      }
      const choices: { [Field in keyof OrderFilter]: OrderFilter[Field][] } = {
        open: [true, false],
        statuses: [['Delivery'], ['Packaging', 'In Printing']],
        customerId: ['c1'],
        dueBefore: [end(9)],
        rush: [true, false],
        updatedSince: [at(30)],
        words: [['ann'], ['f', 'c1']],
      };
      let filters: OrderFilter[] = [{}];
      for (const [field, values] of Object.entries(choices)) {
        filters = filters.flatMap((filter) => [filter, ...values.map((value) => ({ ...filter, [field]: value }))]);
      }
      const isListed = (order: Order, i: number, filter: OrderFilter) =>
        (filter.open === undefined || filter.open === (i % 3 !== 1)) &&
        (filter.statuses?.includes(order.status) ?? true) &&
        order.customerId === (filter.customerId ?? order.customerId) &&
        (filter.dueBefore === undefined || (i % 5 < 3 && i % 20 < 8)) &&
        (filter.rush === undefined || filter.rush === (i % 4 === 0)) &&
        order.updatedAt >= (filter.updatedSince ?? '') &&
        (filter.words === undefined ||
          (filter.words[0] === 'ann' ? i % 2 === 0 : i % 2 === 1 && order.customerId === 'c1'));
      // Each 7th of the 700 is enough: a database takes some milliseconds for each.
      for (const filter of filters.filter((_, i) => i % 7 === 0)) {
        const expected = orders.filter((order, i) => isListed(order, i, filter)).map(({ orderId }) => orderId);
        expect([filter, (await ids(filter, 50)).sort()]).toEqual([filter, expected.sort()]);
        expect(await repository.orders.count(filter)).toMatchObject({ total: expected.length, isComplete: true });
      }
    }, 120_000);

    it('are counted by status', async () => {
      for (let i = 0; i < 7; i++) {
        await insert(placed(`o${i}`, i, { status: i < 3 ? 'Delivery' : 'Packaging', rush: i === 0 }));
      }
      const none = { 'In Production': 0, 'In Printing': 0, 'In Binding': 0, Packaging: 0, Delivery: 0 };
      expect(await repository.orders.count({})).toEqual({
        counts: { ...none, Packaging: 4, Delivery: 3 },
        total: 7,
        isComplete: true,
      });
      expect(await repository.orders.count({ rush: true })).toMatchObject({ counts: { ...none, Delivery: 1 } });
      expect(await repository.orders.count({ customerId: 'eve' })).toMatchObject({ counts: none, total: 0 });
    });
  });
}
