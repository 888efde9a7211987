import { expect, it } from '@jest/globals';
import { type Order } from '@galley/client';
import { inOrderOf } from './held-order.js';

it('keeps the order of the rows, with new ones below and without those that have gone', () => {
  const orders = ['new', 'c', 'a'].map((orderId) => ({ orderId }) as Order);
  expect(inOrderOf(['a', 'b', 'c'], orders).map(({ orderId }) => orderId)).toEqual(['a', 'c', 'new']);
});
