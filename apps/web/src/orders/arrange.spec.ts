import { describe, expect, it } from '@jest/globals';
import { type Order, type OrderStatus } from '@galley/client';
import { arrange, holdUpTo, nearestLeft, neighbour, without, type Columns, type Held } from './arrange.js';

const order = (orderId: string, status: OrderStatus = 'In Printing') => ({ orderId, status }) as Order;
const idsOf = (columns: Columns, status: OrderStatus = 'In Printing') =>
  columns[status].map(({ orderId }) => orderId).join(' ');
const held = (columns: Columns, orderId: string): Held[] => [holdUpTo(columns, orderId)].flatMap((hold) => hold ?? []);

describe('a column', () => {
  const before = arrange([order('a'), order('b'), order('c')]);

  it('has the orders of its stage as they are sorted', () => {
    const columns = arrange([order('b'), order('x', 'Delivery'), order('a')]);
    expect([idsOf(columns), idsOf(columns, 'Delivery'), idsOf(columns, 'Packaging')]).toEqual(['b a', 'x', '']);
  });

  it('puts a new order below what is held, instead of pushing it down', () => {
    const orders = [order('new'), order('a'), order('b'), order('c')];
    expect(idsOf(arrange(orders, held(before, 'b')))).toBe('a b new c');
    expect(idsOf(arrange(orders))).toBe('new a b c');
  });

  it('keeps a held order that another person has moved, and shows it nowhere else', () => {
    const orders = [order('a'), order('b', 'Delivery'), order('c')];
    const columns = arrange(orders, held(before, 'b'));
    expect([idsOf(columns), idsOf(columns, 'Delivery')]).toEqual(['a b c', '']);
  });

  it('lets go of a held order that was deleted, and of one that was moved by this page', () => {
    expect(idsOf(arrange([order('b'), order('c')], held(before, 'b')))).toBe('b c');
    const moved = [order('a'), order('b', 'Delivery'), order('c')];
    const holds = held(before, 'b').map((hold) => without(hold, new Set(['b'])));
    expect(idsOf(arrange(moved, holds), 'Delivery')).toBe('b');
  });

  it('is held up to the lower one of two cards', () => {
    const orders = [order('c'), order('b'), order('a')];
    expect(idsOf(arrange(orders, [...held(before, 'a'), ...held(before, 'b')]))).toBe('a b c');
  });
});

it('keeps the focus near an order that has gone: below it, else above it, else anywhere', () => {
  const before = arrange([order('a'), order('b'), order('c'), order('x', 'Delivery')]);
  const left = (...ids: string[]) =>
    arrange(ids.map((orderId) => order(orderId, orderId === 'x' ? 'Delivery' : 'In Printing')));
  expect(nearestLeft(left('a', 'b', 'c', 'x'), 'b', before)).toBe('b');
  expect(nearestLeft(left('a', 'c', 'x'), 'b', before)).toBe('c');
  expect(nearestLeft(left('a', 'x'), 'b', before)).toBe('a');
  expect(nearestLeft(left('x'), 'b', before)).toBe('x');
  expect(nearestLeft(left(), 'b', before)).toBeUndefined();
});

it('walks with the arrows through columns, past empty ones', () => {
  const columns = arrange([order('a'), order('b'), order('x', 'Delivery')]);
  const to = (from: string, direction: Parameters<typeof neighbour>[2]) => neighbour(columns, from, direction)?.orderId;
  expect([to('a', 'down'), to('b', 'up'), to('b', 'down')]).toEqual(['b', 'a', undefined]);
  expect([to('b', 'right'), to('x', 'left'), to('a', 'left'), to('x', 'right')]).toEqual([
    'x',
    'a',
    undefined,
    undefined,
  ]);
});
