import { expect, it } from '@jest/globals';
import { newestFirst, type ListKey } from '@galley/contracts';
import { SortedOrders } from './sorted-orders.js';

const keyOf = (i: number): ListKey => ({
  dateIssued: new Date(Date.UTC(2026, 0, 1 + ((i * 7) % 13))).toISOString(),
  orderId: `o${i}`,
});

it('gives what follows each place of the list, newest first, as orders come and go', () => {
  const list = new SortedOrders<{ order: ListKey }>();
  const present = new Map<string, { order: ListKey }>();
  for (let i = 0; i < 200; i++) {
    const item = { order: keyOf(i) };
    list.add(item);
    present.set(item.order.orderId, item);
    const gone = i % 3 === 0 ? present.get(`o${i / 3}`) : undefined;
    if (gone) {
      list.remove(gone);
      present.delete(gone.order.orderId);
    }
  }
  const expected = [...present.values()].sort((a, b) => newestFirst(a.order, b.order));
  expect([...list.after()]).toEqual(expected);
  for (let i = 0; i < 200; i++) {
    const place = keyOf(i);
    expect([...list.after(place)]).toEqual(expected.filter(({ order }) => newestFirst(place, order) < 0));
  }
  for (const item of expected) list.remove(item);
  expect(list.isEmpty).toBe(true);
});
