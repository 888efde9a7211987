import { expect, it } from '@jest/globals';
import { TokenBuckets } from './token-buckets.js';

let now = 0;
const buckets = (perSecond: number, burst: number) => new TokenBuckets({ perSecond, burst }, () => now);

it('gives a burst, then as many tokens as it gains, and says how long to wait', () => {
  const limit = buckets(10, 3);
  expect([1, 2, 3].map(() => limit.takeToken('a'))).toEqual([0, 0, 0]);
  expect(limit.takeToken('a')).toBe(100);
  now += 50;
  expect(limit.takeToken('a')).toBe(50);
  now += 50;
  expect(limit.takeToken('a')).toBe(0);
});

it('never holds more than a burst, however long nobody took a token', () => {
  const limit = buckets(10, 3);
  for (let i = 0; i < 3; i++) limit.takeToken('a');
  now += 3_600_000;
  expect([1, 2, 3, 4].map(() => limit.takeToken('a') > 0)).toEqual([false, false, false, true]);
});

it('takes back a token that was not needed, and never holds more than a burst', () => {
  const limit = buckets(1, 2);
  limit.takeToken('a');
  limit.takeToken('a');
  limit.returnToken('a');
  expect([limit.takeToken('a'), limit.takeToken('a') > 0]).toEqual([0, true]);
  for (let i = 0; i < 10; i++) limit.returnToken('a');
  expect([1, 2, 3].map(() => limit.takeToken('a') > 0)).toEqual([false, false, true]);
});

it('gives several for one that it has, and none until it has gained what it owes', () => {
  const limit = buckets(10, 3);
  expect([limit.takeToken('a', 8), limit.takeToken('a'), limit.takeToken('a', 8)]).toEqual([0, 600, 600]);
  now += 600;
  expect([limit.takeToken('a', 2), limit.takeToken('a')]).toEqual([0, 200]);
});

it('keeps a bucket for each key', () => {
  const limit = buckets(1, 1);
  expect([limit.takeToken('a'), limit.takeToken('b')]).toEqual([0, 0]);
  expect(limit.takeToken('a')).toBeGreaterThan(0);
});

it('forgets keys that are no longer used, so that made-up keys do not fill the memory', () => {
  const limit = buckets(1, 1);
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 5_000; i++) limit.takeToken(`${round}-${i}`);
    now += 1_000;
  }
  expect(limit.size).toBeLessThanOrEqual(10_000);
});
