import { expect, it } from '@jest/globals';
import { change, place, remove } from '../store/order-commit.js';
import { toChange } from './order-change.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 10, 0, second)).toISOString();
const actor = { role: 'staff', sub: 'sam' } as const;
const note = 'Paid in cash';

const placed = place({ customerId: 'ana', title: 'T', quantity: 1, status: 'Delivery', note }, 'a', at(0), actor);
const closed = change(placed.order, { closed: true, message: 'Ready', note }, at(1), actor);
const removed = remove(closed.order, at(2), actor);

it.each([
  ['a creation', placed, { actor, note }],
  ['a close', closed, { actor, note }],
  ['a deletion', removed, { actor }],
])('keeps what only staff get of %s apart from the event and the order', (_what, { order, entry }, staffPart) => {
  const { event, order: after = '', staffPart: line = '' } = toChange(order, entry);
  expect(JSON.parse(line)).toEqual(staffPart);
  for (const text of [event, after]) expect(text).not.toMatch(/actor|note|sam|Paid/);
});

it('tells in the event of an update whether the order is closed', () => {
  expect(JSON.parse(toChange(closed.order, closed.entry).event)).toMatchObject({ closedAt: at(1), message: 'Ready' });
  const opened = change(closed.order, { closed: false }, at(3), actor);
  expect(JSON.parse(toChange(opened.order, opened.entry).event)).not.toHaveProperty('closedAt');
});

it('has no part for staff if the change was made by an earlier version', () => {
  const { order, entry } = place({ customerId: 'ana', title: 'T', quantity: 1, status: 'Delivery' }, 'a', at(0));
  expect(toChange(order, entry)).not.toHaveProperty('staffPart');
});
