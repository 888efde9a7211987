import { expect, it } from '@jest/globals';
import { WithheldOrders } from './withheld-orders.js';

it('withholds an order until it was read, or for a minute', () => {
  let now = 5;
  const withheld = new WithheldOrders(() => now);
  for (const orderId of ['a', 'b', 'c']) withheld.add(orderId);
  withheld.release('b');
  now += 59_000;
  expect(withheld.ids).toEqual(['a', 'c']);
  now += 1_000;
  expect(withheld.ids).toEqual([]);
  withheld.add('a');
  now += 59_000;
  expect(withheld.ids).toEqual(['a']);
});

it('withholds a limited number of orders, because each query names them', () => {
  const withheld = new WithheldOrders();
  for (let i = 0; i < 3_000; i++) withheld.add(`o${i}`);
  expect(withheld.ids).toHaveLength(1_000);
});
