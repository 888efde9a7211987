import { describe, expect, it } from '@jest/globals';
import { planOf, plansOf, type ListIndex } from './list-index.js';
import { type OrderFilter } from './order-filter.js';

const now = new Date('2026-11-23T10:00:00.000Z');

const INDEXES: { what: string; filter: OrderFilter; index: ListIndex; rest?: OrderFilter }[] = [
  { what: 'no filter', filter: {}, index: { by: 'all' } },
  { what: 'open', filter: { open: true }, index: { by: 'open', value: true } },
  {
    what: 'closed, which most orders are',
    filter: { open: false },
    index: { by: 'all' },
    rest: { open: false },
  },
  { what: 'a status', filter: { statuses: ['Delivery'] }, index: { by: 'status', value: 'Delivery' } },
  {
    what: 'two statuses',
    filter: { statuses: ['Delivery', 'Packaging'] },
    index: { by: 'all' },
    rest: { statuses: ['Delivery', 'Packaging'] },
  },
  { what: 'a customer', filter: { customerId: 'ana' }, index: { by: 'customer', value: 'ana' } },
  { what: 'dueBefore', filter: { dueBefore: now }, index: { by: 'all' }, rest: { dueBefore: now } },
  { what: 'dueAfter', filter: { dueAfter: now }, index: { by: 'all' }, rest: { dueAfter: now } },
  {
    what: 'updatedSince',
    filter: { updatedSince: now.toISOString() },
    index: { by: 'all' },
    rest: { updatedSince: now.toISOString() },
  },
  { what: 'rush', filter: { rush: true }, index: { by: 'rush', value: true } },
  { what: 'no rush', filter: { rush: false }, index: { by: 'all' }, rest: { rush: false } },
  { what: 'a word', filter: { words: ['report'] }, index: { by: 'word', value: 'report' } },
  {
    what: 'a long word, which is checked in full after the read',
    filter: { words: ['lithograph'] },
    index: { by: 'word', value: 'lithogra' },
    rest: { words: ['lithograph'] },
  },
  {
    what: 'words, of which the longest tells most',
    filter: { words: ['a', 'report', 'of'] },
    index: { by: 'word', value: 'report' },
    rest: { words: ['a', 'of'] },
  },
  { what: 'a letter', filter: { words: ['a'] }, index: { by: 'word', value: 'a' } },
  {
    what: 'a letter beside another filter, because a letter tells little',
    filter: { words: ['a'], statuses: ['Delivery'] },
    index: { by: 'status', value: 'Delivery' },
    rest: { words: ['a'] },
  },
  {
    what: 'open orders that are due',
    filter: { open: true, dueBefore: now },
    index: { by: 'open', value: true },
    rest: { dueBefore: now },
  },
  {
    what: 'open orders with a status',
    filter: { open: true, statuses: ['Delivery'] },
    index: { by: 'open', value: true },
    rest: { statuses: ['Delivery'] },
  },
  {
    what: 'all of them',
    filter: { open: true, statuses: ['Delivery'], customerId: 'ana', rush: true, words: ['report'] },
    index: { by: 'customer', value: 'ana' },
    rest: { open: true, statuses: ['Delivery'], rush: true, words: ['report'] },
  },
];

describe('the index of a list', () => {
  it.each(INDEXES)('with $what', ({ filter, index, rest = {} }) => {
    expect(planOf(filter)).toEqual({ index, rest });
  });

  it('can always be all orders, with the whole filter as the rest', () => {
    for (const { filter } of INDEXES) {
      expect(plansOf(filter)).toContainEqual({ index: { by: 'all' }, rest: filter });
    }
  });
});
