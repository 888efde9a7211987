import { afterEach, expect, it, jest } from '@jest/globals';
import { validate, version } from 'uuid';
import { newOrderId } from './order-id.js';

afterEach(() => {
  jest.useRealTimers();
});

it('makes ids that ascend, within a millisecond and from one to the next', () => {
  jest.useFakeTimers();
  const ids: string[] = [];
  for (let millisecond = 0; millisecond < 3; millisecond++) {
    for (let i = 0; i < 5_000; i++) ids.push(newOrderId());
    jest.advanceTimersByTime(1);
  }
  expect(ids.filter((id) => !validate(id) || version(id) !== 7)).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});
