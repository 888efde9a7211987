import { expect, it } from '@jest/globals';
import { TokenBuckets } from './token-buckets.js';

let now = 0;
const buckets = (perSecond: number, burst: number) => new TokenBuckets({ perSecond, burst }, () => now);

it('gives a burst, then as much as it gains, and says how long to wait', () => {
  const limit = buckets(10, 3);
  expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 0]);
  expect(limit.take('a')).toBe(100);
  now += 50;
  expect(limit.take('a')).toBe(50);
  now += 50;
  expect(limit.take('a')).toBe(0);
});

it('never holds more than a burst, however long nobody asked', () => {
  const limit = buckets(10, 3);
  for (let i = 0; i < 3; i++) limit.take('a');
  now += 3_600_000;
  expect([1, 2, 3, 4].map(() => limit.take('a') > 0)).toEqual([false, false, false, true]);
});

it('keeps a bucket for each key', () => {
  const limit = buckets(1, 1);
  expect([limit.take('a'), limit.take('b')]).toEqual([0, 0]);
  expect(limit.take('a')).toBeGreaterThan(0);
});

it('forgets those who have been quiet, so that keys that are made up do not fill the memory', () => {
  const limit = buckets(1, 1);
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 5_000; i++) limit.take(`${round}-${i}`);
    now += 1_000;
  }
  expect(limit.size).toBeLessThanOrEqual(10_000);
});
