import { type IndexDefinition } from 'mongoose';
import { type ListIndex } from '../lists/list-index.js';

/** The order of the list. */
export const NEWEST_FIRST = { dateIssued: -1, _id: -1 } as const;

/** The field that has the value of an index of lists. */
export const INDEX_FIELDS: Record<Exclude<ListIndex['by'], 'all'>, string> = {
  customer: 'customerId',
  word: 'derived.words',
  rush: 'rush',
  // An index has null for the orders without the field: the open ones.
  open: 'closedAt',
  status: 'status',
};

/** What is compared first, then the order of the list. */
export const LIST_INDEXES: IndexDefinition[] = [
  { deleted: 1, ...NEWEST_FIRST },
  ...Object.values(INDEX_FIELDS).map((field): IndexDefinition => ({ deleted: 1, [field]: 1, ...NEWEST_FIRST })),
];
