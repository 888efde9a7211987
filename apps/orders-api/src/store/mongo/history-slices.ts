import { type HistoryEntry } from '@galley/contracts';
import { HISTORY_LIMIT, type HistoryPage } from '../orders.repository.js';
import { toEntry } from './stored-order.js';

/**
 * Aggregation expressions for a part of a history: the database cuts it, so that a long one is not sent. Revisions have no
 * gaps, so the place of an entry, counted from the end, follows from its revision. A damaged document gives some other
 * entries, or none, but never an error, which would fail the query for all orders.
 */
const slice = (place: object | number, count: number) => ({
  $cond: [{ $isArray: '$history' }, { $slice: ['$history', place, count] }, []],
});

/** The place of an entry that has this many entries after it and itself. */
const fromEnd = (count: unknown, least = 1) => ({
  $cond: [
    { $and: [{ $isNumber: '$revision' }, { $isNumber: '$publishedRevision' }] },
    { $multiply: [-1, { $min: [HISTORY_LIMIT, { $max: [least, { $trunc: count }] }] }] },
    -least,
  ],
});

/** The oldest entries that are not marked as published. */
export const unpublishedSlice = (count: number): object =>
  slice(fromEnd({ $subtract: ['$revision', '$publishedRevision'] }), count);

/** Contains the entries of a page. */
export function sliceOf({ order, after, limit }: HistoryPage): object {
  if (order === 'oldest') return slice(fromEnd({ $subtract: ['$revision', after ?? 0] }), limit);
  if (after === undefined) return slice(-limit, limit);
  return slice(fromEnd({ $subtract: ['$revision', after - limit - 1] }, limit), limit);
}

/**
 * The entries of a page.
 * @param sliced the history as `sliceOf` cuts it
 * @throws if an entry is damaged
 */
export function entriesOf({ order, after }: HistoryPage, sliced: readonly HistoryEntry[]): HistoryEntry[] {
  const entries = sliced.map(toEntry);
  if (order === 'oldest') return entries.filter(({ revision }) => revision > (after ?? 0));
  return entries.filter(({ revision }) => after === undefined || revision < after).reverse();
}
