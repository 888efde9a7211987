import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor } from './list-cursor.js';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('the list cursor', () => {
  it('reads back what it wrote', () => {
    const key = { dateIssued: '2026-11-23T10:00:00.000Z', orderId: 'job-1' };
    expect(decodeCursor(encodeCursor(key))).toEqual(key);
  });

  it.each([
    ['', 'nothing'],
    ['%%%', 'noise'],
    [encode({ $gt: '' }), 'an operator'],
    [encode([{ $ne: null }, 'a']), 'an operator as an element'],
    [encode(['2026-11-23T10:00:00.000Z', 'a', 'b']), 'one element too many'],
    [encode(['yesterday', 'a']), 'an invalid date'],
  ])('refuses %j, %s', (cursor) => {
    expect(() => decodeCursor(cursor)).toThrow('cursor: is not the nextCursor of a list');
  });
});
