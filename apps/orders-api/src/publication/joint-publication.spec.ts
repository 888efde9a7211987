import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { place } from '../store/order-commit.js';
import { JointPublication } from './joint-publication.js';
import { type CommittedChange } from './publication-queue.js';

const NOW = '2026-11-23T10:00:00.000Z';

const aChange = (orderId: string, revision: number): CommittedChange => {
  const { order, entry } = place({ customerId: 'ana', title: 'Flyers', quantity: 1, status: 'Delivery' }, orderId, NOW);
  return { order: { ...order, revision }, entry: { ...entry, revision }, publishedRevision: revision - 1 };
};

let published: (CommittedChange | undefined)[];
let joint: JointPublication;
const publish = (orderId: string, revision: number) => {
  joint.publish(orderId, aChange(orderId, revision));
};

beforeEach(() => {
  jest.useFakeTimers();
  published = [];
  joint = new JointPublication({ publish: (_, committed) => published.push(committed) });
});
afterEach(() => {
  jest.useRealTimers();
});

it('publishes all changes at once, in the order of their commits, each once', () => {
  publish('a', 1);
  publish('b', 7);
  publish('a', 2);
  expect(published).toEqual([]);
  joint.release();
  joint.release();
  expect(published).toEqual([aChange('a', 1), aChange('b', 7), aChange('a', 2)]);
  expect(jest.getTimerCount()).toBe(0);
});

it('lets no change wait for longer than a second', () => {
  publish('a', 1);
  jest.advanceTimersByTime(999);
  publish('b', 1);
  expect(published).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(published).toHaveLength(2);
  publish('c', 1);
  jest.advanceTimersByTime(999);
  expect(published).toHaveLength(2);
  jest.advanceTimersByTime(1);
  expect(published).toHaveLength(3);
});
