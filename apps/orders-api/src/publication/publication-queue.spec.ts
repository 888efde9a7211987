import { describe, expect, it } from '@jest/globals';
import { place } from '../store/order-commit.js';
import { PublicationQueue, type CommittedChange } from './publication-queue.js';

const ids = (count: number, prefix = 'o') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

const aChange = (orderId: string): CommittedChange => ({
  ...place(
    { customerId: 'ana', title: 'Flyers', quantity: 1, status: 'Delivery' },
    orderId,
    '2026-11-23T10:00:00.000Z',
  ),
  publishedRevision: 0,
});

function queueOf(orderIds: readonly string[], changes = 1): PublicationQueue {
  const queue = new PublicationQueue();
  for (const orderId of orderIds) queue.add(orderId, changes);
  return queue;
}

describe('PublicationQueue', () => {
  it('takes hundreds of orders with one change each at once, the one that waits longest first', () => {
    const queue = queueOf(ids(700));
    expect(queue.takeTurn()).toEqual({ orderIds: ids(700).slice(0, 500), committed: [], perOrder: 2 });
    expect(queue.takeTurn()).toEqual({ orderIds: ids(700).slice(500), committed: [], perOrder: 5 });
    expect(queue.isEmpty).toBe(true);
  });

  it.each([1, 2, 3, 40, 99, 900])('never lets more than 1,000 changes be read if each order has %i', (changes) => {
    const queue = queueOf(ids(2_000), changes);
    while (!queue.isEmpty) {
      const { orderIds, perOrder } = queue.takeTurn();
      expect(orderIds.length * perOrder).toBeLessThanOrEqual(1_000);
      expect(perOrder).toBeGreaterThanOrEqual(Math.min(changes, 100));
    }
  });

  it('takes few orders at once if they have many changes, because marking one costs as much as its history is long', () => {
    expect(queueOf(ids(500), 900).takeTurn()).toMatchObject({ orderIds: ids(10), perOrder: 100 });
    expect(queueOf(['alone'], 900).takeTurn()).toMatchObject({ orderIds: ['alone'], perOrder: 1_000 });
  });

  it('gives an order its next turn after all others that wait', () => {
    const queue = queueOf(ids(25, 'long'), 900);
    const { orderIds } = queue.takeTurn();
    for (const orderId of orderIds) queue.add(orderId, 800);
    queue.add('new');
    const turns: string[] = [];
    while (!queue.isEmpty) turns.push(...queue.takeTurn().orderIds);
    expect(turns).toEqual([...ids(25, 'long').slice(10), ...ids(10, 'long'), 'new']);
  });

  it('gives the committed change of an order that waits with this one alone', () => {
    const queue = queueOf(['read']);
    for (const orderId of ['read', 'a', 'b', 'b', 'c']) queue.add(orderId, 1, aChange(orderId));
    queue.add('c');
    const { orderIds, committed } = queue.takeTurn();
    expect(orderIds).toEqual(['read', 'a', 'b', 'c']);
    expect(committed).toEqual([aChange('a')]);
    queue.add('b', 1, aChange('b'));
    expect(queue.takeTurn().committed).toEqual([aChange('b')]);
  });

  it('keeps 1,000 committed changes at most, and keeps others when these are taken', () => {
    const queue = new PublicationQueue();
    for (const orderId of ids(2_000)) queue.add(orderId, 1, aChange(orderId));
    for (const orderId of ids(200)) queue.add(orderId, 1, aChange(orderId));
    for (const orderId of ids(300, 'late')) queue.add(orderId, 1, aChange(orderId));
    const takeAll = () => {
      let kept = 0;
      while (!queue.isEmpty) kept += queue.takeTurn().committed.length;
      return kept;
    };
    expect(takeAll()).toBe(1_000);
    for (const orderId of ids(1_500)) queue.add(orderId, 1, aChange(orderId));
    expect(takeAll()).toBe(1_000);
  });

  it('keeps the place of an order that is added again', () => {
    const queue = queueOf(['a', 'b']);
    queue.add('a');
    expect(queue.takeTurn().orderIds).toEqual(['a', 'b']);
  });

  it('takes less after each failure, but always something, and more again after each success', () => {
    const queue = queueOf(ids(5_000));
    queue.shrink();
    expect(queue.takeTurn()).toMatchObject({ orderIds: { length: 250 }, perOrder: 2 });
    for (let i = 0; i < 20; i++) queue.shrink();
    expect(queue.takeTurn()).toMatchObject({ orderIds: { length: 1 }, perOrder: 1 });
    for (let i = 0; i < 10; i++) queue.grow();
    expect(queue.takeTurn().orderIds).toHaveLength(500);
  });

  it('does not grow without limit', () => {
    const queue = queueOf(ids(150_000));
    let taken = 0;
    while (!queue.isEmpty) taken += queue.takeTurn().orderIds.length;
    expect(taken).toBe(100_000);
  });
});
