import { describe, expect, it } from '@jest/globals';
import { change, place, remove } from './order-commit.js';

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
