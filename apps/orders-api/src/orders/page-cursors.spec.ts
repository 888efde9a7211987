import { describe, expect, it } from '@jest/globals';
import { historyCursors, listCursor } from './page-cursors.js';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const place: [string, string] = ['2026-11-23T10:00:00.000Z', 'job-1'];

describe('the cursor of a list', () => {
  it('reads back what it wrote', () => {
    expect(listCursor.decode(listCursor.encode(place))).toEqual(place);
  });

  it.each([
    ['', 'nothing'],
    ['%%%', 'noise'],
    [encode({ $gt: '' }), 'an operator'],
    [encode([{ $ne: null }, 'a']), 'an operator as an element'],
    [encode([...place, 'b']), 'one element too many'],
    [encode(['yesterday', 'a']), 'an invalid date'],
    [encode(['+010000-01-01T00:00:00.000Z', 'a']), 'a year of five digits'],
    [` ${encode(place)}`, 'a stray character'],
    [`${encode(place)}=`, 'padding'],
    [Buffer.from(JSON.stringify(place, null, 1)).toString('base64url'), 'other spaces'],
    [historyCursors.oldest.encode(['oldest', 7]), 'the cursor of a history'],
  ])('refuses %j, %s', (cursor) => {
    expect(() => listCursor.decode(cursor)).toThrow('cursor is not the nextCursor of a list');
  });
});

describe('the cursor of a history', () => {
  it('reads back what it wrote', () => {
    expect(historyCursors.newest.decode(historyCursors.newest.encode(['newest', 7]))).toEqual(['newest', 7]);
  });

  it.each([
    [historyCursors.newest.encode(['newest', 7]), 'of the other direction'],
    [listCursor.encode(place), 'of a list'],
    [encode(['oldest', 0]), 'before the first revision'],
    [encode(['oldest', 1.5]), 'between two revisions'],
    [encode(['oldest', '7']), 'with a text'],
    [encode(['oldest', { $gt: 0 }]), 'with an operator'],
  ])('refuses %j, %s', (cursor) => {
    expect(() => historyCursors.oldest.decode(cursor)).toThrow('cursor is not the nextCursor of a history');
  });
});
