import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { type NewOrder, type Order, type OrderFields, type OrderStatus, type Write } from '@galley/client';
import { type PlacingTracker } from '../moves/edits.js';
import { isOfDemoDay, playDay } from './demo-day.js';

let orders: Order[];
let done: Record<'placed' | 'moved' | 'closed' | 'hurried' | 'removed', number>;

/** A shop that does at once what it is told. */
const tracker = {
  place: (order: NewOrder) => {
    done.placed++;
    orders = [{ status: 'In Production', ...order } as Order, ...orders];
    return {} as Write;
  },
  move: (orderId: string, status: OrderStatus) => {
    done.moved++;
    orders = orders.map((order) => (order.orderId === orderId ? { ...order, status } : order));
    return {} as Write;
  },
  change: (orderId: string, { closed, rush }: OrderFields) => {
    done[closed ? 'closed' : 'hurried']++;
    orders = closed
      ? orders.filter((order) => order.orderId !== orderId)
      : orders.map((order) => (order.orderId === orderId ? { ...order, rush: rush === true } : order));
    return {} as Write;
  },
  remove: (orderId: string) => {
    done.removed++;
    orders = orders.filter((order) => order.orderId !== orderId);
    return {} as Write;
  },
} as unknown as PlacingTracker;

beforeEach(() => {
  jest.useFakeTimers();
  orders = [];
  done = { placed: 0, moved: 0, closed: 0, hurried: 0, removed: 0 };
});
afterEach(() => {
  jest.useRealTimers();
});

it('plays everything that happens in a shop, late orders and those in a hurry too, until it is stopped', () => {
  const stop = playDay(
    () => tracker,
    () => orders,
  );
  jest.advanceTimersByTime(300_000);
  stop();
  for (const count of Object.values(done)) expect(count).toBeGreaterThan(0);
  const before = { ...done };
  jest.advanceTimersByTime(60_000);
  expect(done).toEqual(before);
});

it('touches no order of the shop', () => {
  const ofShop = Array.from({ length: 30 }, (_, n) => ({ orderId: `GL-${n}`, status: 'In Printing' }) as Order);
  orders = [...ofShop];
  const stop = playDay(
    () => tracker,
    () => orders,
  );
  jest.advanceTimersByTime(300_000);
  stop();
  expect(done.removed).toBeGreaterThan(0);
  expect(orders.filter((order) => !isOfDemoDay(order))).toEqual(ofShop);
});

it('keeps the number of open orders within bounds', () => {
  const stop = playDay(
    () => tracker,
    () => orders,
  );
  jest.advanceTimersByTime(3_600_000);
  stop();
  expect(orders.length).toBeGreaterThan(10);
  expect(orders.length).toBeLessThan(100);
});
