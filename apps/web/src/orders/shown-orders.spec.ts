import { expect, it } from '@jest/globals';
import { type Order } from '@galley/client';
import { Dates } from '../words/dates.js';
import { english } from '../words/english.js';
import { countByFilter, filterOrders, sortOrders } from './shown-orders.js';

const calendar = { dates: new Dates(english, 'Europe/Berlin'), now: Date.parse('2026-11-25T13:32:00Z') };

const ORDERS = [
  { orderId: 'GL-5', title: 'Posters', customerId: 'halle-neun' },
  { orderId: 'GL-4', title: 'Menu cards', customerId: 'Café Lumen', estimatedDate: '2026-11-26', rush: true },
  { orderId: 'GL-3', title: 'Sleeves', customerId: 'hafen', estimatedDate: '2026-11-25' },
  { orderId: 'GL-2', title: 'Annual report', customerId: 'nordlicht', estimatedDate: '2026-11-22', rush: true },
  { orderId: 'GL-1', title: 'Poetry', customerId: 'halbmond', estimatedDate: '2026-11-23' },
] as Order[];

const ids = (orders: readonly Order[]) => orders.map(({ orderId }) => orderId).join(' ');

it('keeps the newest first, or sorts late ones first, then those in a hurry, then by date', () => {
  expect(ids(sortOrders(ORDERS, 'newest', calendar))).toBe('GL-5 GL-4 GL-3 GL-2 GL-1');
  expect(ids(sortOrders(ORDERS, 'due', calendar))).toBe('GL-2 GL-1 GL-4 GL-3 GL-5');
});

it.each([
  ['late', '', 'GL-2 GL-1'],
  ['rush', '', 'GL-4 GL-2'],
  ['today', '', 'GL-3'],
  ['all', 'lum', 'GL-4'],
  ['all', 'cafe menu', 'GL-4'],
  ['all', 'gl-2', 'GL-2'],
  ['late', 'poe', 'GL-1'],
  ['all', 'oetry', ''],
] as const)('shows what the filter %s and the search %j ask for', (filter, q, expected) => {
  expect(ids(filterOrders(ORDERS, { sort: 'newest', filter, q }, calendar))).toBe(expected);
});

it('counts what each filter would show', () => {
  expect(countByFilter(ORDERS, calendar)).toEqual({ all: 5, late: 2, rush: 2, today: 1 });
});
