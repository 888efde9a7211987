import { describe, expect, it } from '@jest/globals';
import { type ChangeOrder } from '@galley/contracts';
import { alters, change, place, remove } from './order-commit.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 10, 0, second)).toISOString();
const placed = place({ customerId: 'ana', title: 'T', quantity: 1, status: 'Delivery' }, 'a', at(30));

describe('a change', () => {
  it('has the time at which it is made', () => {
    const { order, entry } = change(placed.order, { quantity: 2 }, at(31));
    expect([order.updatedAt, entry.timestamp]).toEqual([at(31), at(31)]);
  });

  it('has the time of the change before it if the clock was set back meanwhile', () => {
    const changed = change(placed.order, { quantity: 2 }, at(10));
    expect([changed.order.updatedAt, changed.entry.timestamp]).toEqual([at(30), at(30)]);
    expect(remove(changed.order, at(20)).entry.timestamp).toBe(at(30));
  });
});

describe('a closed order', () => {
  const closed = change(placed.order, { closed: true }, at(40)).order;

  it('says since when it is closed, until it is opened again', () => {
    expect(closed.closedAt).toBe(at(40));
    const opened = change(closed, { closed: false, status: 'Packaging' }, at(50));
    expect([opened.order.closedAt, opened.entry.closedAt, opened.order.status]).toEqual([
      undefined,
      undefined,
      'Packaging',
    ]);
  });

  it.each<ChangeOrder>([{ quantity: 2 }, { message: 'Late' }, { note: 'Call back' }, { closed: true, rush: true }])(
    'takes no change but to be opened again: %j',
    (request) => {
      expect(() => alters(closed, request)).toThrow(expect.objectContaining({ code: 'order_closed' }));
      expect(alters(closed, { ...request, closed: false })).toBe(true);
    },
  );
});

describe('a request', () => {
  it.each<[ChangeOrder, boolean]>([
    [{ quantity: 1, status: 'Delivery' }, false],
    [{ estimatedDate: null, rush: null, closed: false }, false],
    [{ quantity: 2 }, true],
    [{ rush: true }, true],
    [{ rush: false }, true],
    [{ closed: true }, true],
    [{ message: 'Soon' }, true],
    [{ quantity: 1, note: 'Paid' }, true],
  ])('of %j changes something: %s', (request, expected) => {
    expect(alters(placed.order, request)).toBe(expected);
  });

  it('to close a closed order changes nothing', () => {
    expect(alters(change(placed.order, { closed: true }, at(40)).order, { closed: true, quantity: 1 })).toBe(false);
  });
});

it('keeps who made a change and its note with the change, and never in the order', () => {
  const actor = { role: 'staff', sub: 'sam' } as const;
  const { order, entry } = change(placed.order, { note: 'Paper is late' }, at(31), actor);
  expect(entry).toMatchObject({ actor, note: 'Paper is late' });
  expect(Object.keys(order)).not.toEqual(expect.arrayContaining(['actor']));
  expect(Object.keys(order)).not.toEqual(expect.arrayContaining(['note']));
});
