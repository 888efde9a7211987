import { describe, expect, it } from '@jest/globals';
import { ANONYMOUS, type Principal } from '@galley/access';
import { homeRoom, roomFor } from './room-rules.js';

const STAFF: Principal = { role: 'staff', sub: 'sam' };
const CUSTOMER: Principal = { role: 'customer', sub: 'ana' };
const SCREEN: Principal = { role: 'screen', sub: 'wall-1' };
const TRACKER: Principal = { role: 'tracker', sub: 'link-1', orderId: 'a' };

const EVERYBODY: [string, Principal, { home: string; ofOrderA: string }][] = [
  ['staff', STAFF, { home: 'orders', ofOrderA: 'order:a' }],
  ['a customer', CUSTOMER, { home: 'customer:ana', ofOrderA: 'customer:ana:order:a' }],
  ['a screen', SCREEN, { home: 'orders', ofOrderA: 'order:a' }],
  ['the holder of a link', TRACKER, { home: 'order:a', ofOrderA: 'order:a' }],
  ['anybody in open mode', ANONYMOUS, { home: 'orders', ofOrderA: 'order:a' }],
];

describe.each(EVERYBODY)('%s', (_who, principal, { home, ofOrderA }) => {
  it(`has the home room ${home}`, () => {
    expect(homeRoom(principal)).toBe(home);
  });

  it.each([[undefined], [null], [{}]])('joins the home room with a request that names no order: %j', (request) => {
    expect(roomFor(principal, request)).toBe(home);
  });

  it(`joins ${ofOrderA} with a request for the order a`, () => {
    expect(roomFor(principal, { orderId: 'a' })).toBe(ofOrderA);
  });
});

it('refuses any other order to the holder of a link, as if it did not exist', () => {
  const request = () => roomFor(TRACKER, { orderId: 'b' });
  expect(request).toThrow(expect.objectContaining({ code: 'order_not_found', message: 'There is no order b' }));
});

it("lets a customer join no room that gets changes of another customer's orders", () => {
  const another: Principal = { role: 'customer', sub: 'ben' };
  expect(roomFor(another, { orderId: 'a' })).not.toBe(roomFor(CUSTOMER, { orderId: 'a' }));
  expect(homeRoom(another)).not.toBe(homeRoom(CUSTOMER));
});
