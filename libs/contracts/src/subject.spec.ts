import { describe, expect, it } from '@jest/globals';
import { customerId, decodeSubject, encodeSubject, rooms, sessionSub } from './index.js';

/** What issuers write, and what else people are called. */
const SUBJECTS = [
  'ana',
  'f:0b5c1d2e-7a3f:ana',
  'ana_shop.example#EXT#@tenant.example',
  'Ana Müller',
  'auth0|5f7c',
  'a/b\\c?d=e&f%20+g',
  'a:order:b',
  '安娜',
  '👩‍👧',
  '-ana',
  '%',
  'link:1',
  ' ana ',
  'x'.repeat(255),
  '👩'.repeat(255),
];

describe.each(SUBJECTS)('the sub %j', (sub) => {
  it('is that of a customer, and can be signed out', () => {
    expect([customerId.safeParse(sub).success, sessionSub.safeParse(sub).success]).toEqual([true, true]);
  });

  it('is read back as it was encoded, which needs no character with a meaning in a room or an entry', () => {
    expect(encodeSubject(sub)).not.toMatch(/[\s:#/]/);
    expect(decodeSubject(encodeSubject(sub))).toBe(sub);
  });
});

it('has rooms of its own, whatever its name', () => {
  const names = SUBJECTS.flatMap((sub) => [rooms.customer(sub), rooms.customerOrder(sub, 'b')]);
  expect(new Set(names).size).toBe(names.length);
});

it('keeps the names of rooms that need no encoding', () => {
  expect(rooms.customer('Ana.B_c@d|e+f~g-1')).toBe('customer:Ana.B_c@d|e+f~g-1');
  expect(rooms.customerOrder('Ana B', 'job')).toBe('customer:Ana%20B:order:job');
});

it.each([
  '',
  ' ',
  '.',
  '..',
  'a\u0000',
  'a\nb',
  'a\u007f',
  'a\u0085',
  'a\u2028b',
  'a\u202eb',
  '\ud800',
  'x'.repeat(256),
  7,
  null,
  {},
])('is not %j', (value) => {
  expect([customerId.safeParse(value).success, sessionSub.safeParse(value).success]).toEqual([false, false]);
});

it.each(['%2', '%zz', '%c3%bc', '%61', '%FF', 'a%20%'])('does not read %j, which it never writes', (text) => {
  expect(decodeSubject(text)).toBeUndefined();
});
