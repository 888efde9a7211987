import { expect, it } from '@jest/globals';
import { validate, version } from 'uuid';
import { newOrderId } from './order-id.js';

it('makes ids that ascend, however many in a millisecond', () => {
  const ids = Array.from({ length: 20_000 }, newOrderId);
  expect(ids.filter((id) => !validate(id) || version(id) !== 7)).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});
