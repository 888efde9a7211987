import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ListKey } from '@galley/contracts';
import { type OrderFilter } from './lists/order-filter.js';
import { place, type OrderCommit } from './order-commit.js';
import { type OrdersRepository } from './orders.repository.js';
import { type OpenRepository } from './repository-of-each-test.contract.js';

const OPEN = 1_000;
const LATE = 10;

/** The commit of one of `count` orders, of which 1,000 are open, and the 10 oldest are due before all others. */
export function commitOf(i: number, count: number): OrderCommit {
  const now = new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString();
  const isOpen = i % (count / OPEN) === 0;
  const { order, entry } = place(
    {
      customerId: `c${i % 500}`,
      title: `Annual report ${i}`,
      quantity: 5,
      status: isOpen ? 'In Printing' : 'Delivery',
      estimatedDate: i < LATE ? '2026-01-01' : '2026-12-24',
    },
    `o${i}`,
    now,
  );
  return isOpen ? { order, entry } : { order: { ...order, closedAt: now }, entry: { ...entry, closedAt: now } };
}

/**
 * The part of the contract of every order store that is about many orders.
 * @param count how many orders there are
 */
export function largeListsContract(
  open: OpenRepository,
  count: number,
  insertAll: (orders: OrdersRepository, commits: OrderCommit[]) => Promise<void>,
): void {
  describe(`the lists of ${count} orders`, () => {
    let orders: OrdersRepository;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ orders, close } = await open());
      for (let i = 0; i < count; i += 1_000) {
        await insertAll(
          orders,
          Array.from({ length: 1_000 }, (_, j) => commitOf(i + j, count)),
        );
      }
    }, 600_000);
    afterAll(() => close());

    /** How many orders each page has. */
    const sizesOf = async (filter: OrderFilter) => {
      const sizes: number[] = [];
      const ids = new Set<string>();
      for (let after: ListKey | undefined; ;) {
        const page = await orders.list({ ...filter, after, limit: 200 });
        sizes.push(page.orders.length);
        for (const { orderId } of page.orders) ids.add(orderId);
        if (!page.next) return { sizes, different: ids.size };
        after = page.next;
      }
    };

    it('have 1,000 open ones in 5 pages of 200', async () => {
      expect(await sizesOf({ open: true })).toEqual({ sizes: [200, 200, 200, 200, 200], different: OPEN });
    });

    it('end a page once it has examined 5,000 orders, and lose none by that', async () => {
      const pages = Math.ceil(count / 5_000);
      const { sizes, different } = await sizesOf({ dueBefore: new Date('2026-02-01T00:00:00.000Z') });
      expect(different).toBe(LATE);
      expect(sizes.slice(0, pages)).toEqual([...Array<number>(pages - 1).fill(0), LATE]);
      // The last page may have ended exactly with the list.
      expect(sizes.slice(pages)).toEqual(sizes.length > pages ? [0] : []);
    }, 120_000);

    it('are counted up to 10,000 orders, and the count says whether that is all', async () => {
      expect(await orders.count({})).toMatchObject({ total: 10_000, isComplete: false });
      expect(await orders.count({ open: true })).toMatchObject({
        ...{ total: OPEN, isComplete: true },
        counts: { 'In Printing': OPEN, Delivery: 0 },
      });
    });

    it('find a word among all of them', async () => {
      expect(await sizesOf({ words: ['annual', '11999'] })).toMatchObject({ different: 1 });
    });
  });
}
