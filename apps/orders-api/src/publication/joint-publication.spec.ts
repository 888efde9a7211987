import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { JointPublication } from './joint-publication.js';

let published: [string, number | undefined][];
let joint: JointPublication;

beforeEach(() => {
  jest.useFakeTimers();
  published = [];
  joint = new JointPublication({ publish: (orderId, committed) => published.push([orderId, committed]) });
});
afterEach(() => {
  jest.useRealTimers();
});

it('publishes all changes at once, in the order of their commits, each once', () => {
  joint.publish('a', 1);
  joint.publish('b', 7);
  joint.publish('a', 2);
  expect(published).toEqual([]);
  joint.release();
  joint.release();
  expect(published).toEqual([
    ['a', 1],
    ['b', 7],
    ['a', 2],
  ]);
  expect(jest.getTimerCount()).toBe(0);
});

it('lets no change wait for longer than a second', () => {
  joint.publish('a', 1);
  jest.advanceTimersByTime(999);
  joint.publish('b', 1);
  expect(published).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(published).toHaveLength(2);
  joint.publish('c', 1);
  jest.advanceTimersByTime(999);
  expect(published).toHaveLength(2);
  jest.advanceTimersByTime(1);
  expect(published).toHaveLength(3);
});
