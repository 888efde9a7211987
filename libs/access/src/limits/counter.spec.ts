import { expect, it } from '@jest/globals';
import { Counter } from './counter.js';

it('counts by key and in total', () => {
  const counter = new Counter();
  for (const key of ['a', 'b', 'a']) counter.increment(key);
  expect([counter.count('a'), counter.count('b'), counter.count('c'), counter.total]).toEqual([2, 1, 0, 3]);
  counter.decrement('a');
  expect([counter.count('a'), counter.total]).toEqual([1, 2]);
});

it('never counts below zero', () => {
  const counter = new Counter();
  counter.decrement('a');
  counter.increment('a');
  counter.decrement('a');
  counter.decrement('a');
  expect([counter.count('a'), counter.total]).toEqual([0, 0]);
});
