import { type PipelineStage, type QueryFilter } from 'mongoose';
import { MAX_PREFIX_LETTERS, type ListKey } from '@galley/contracts';
import { type ListIndex, type ListPlan } from '../lists/list-index.js';
import { type OrderFilter } from '../lists/order-filter.js';
import { isStale } from './derived-fields.js';
import { INDEX_FIELDS, NEWEST_FIRST } from './list-indexes.js';
import { type OrderDocument } from './order.document.js';
import { type WithoutHistory } from './stored-order.js';

type Conditions = QueryFilter<OrderDocument>;

/** A stretch of a list: after one place, and up to another. */
export interface Stretch {
  after?: ListKey;
  upTo?: ListKey;
}

/** The documents of a stretch of an index. */
export function inIndex(index: ListIndex, { after, upTo }: Stretch): Conditions {
  return {
    deleted: false,
    ...('value' in index && { [INDEX_FIELDS[index.by]]: index.by === 'open' ? null : index.value }),
    // The ranges on the sort key come first, so that even a deep page starts at its place in the index.
    ...((after ?? upTo) && {
      dateIssued: { ...(after && { $lte: after.dateIssued }), ...(upTo && { $gte: upTo.dateIssued }) },
      $and: [
        ...(after ? [{ $or: [{ dateIssued: { $lt: after.dateIssued } }, { _id: { $lt: after.orderId } }] }] : []),
        ...(upTo ? [{ $or: [{ dateIssued: { $gt: upTo.dateIssued } }, { _id: { $gte: upTo.orderId } }] }] : []),
      ],
    }),
  };
}

/** More than there are. */
const ALL = 2 ** 31 - 1;

/**
 * Examines the documents of a stretch, newest first, and keeps those that match the rest of the filter, or may do so. There is
 * a limit before the second match, because without one the database might read another index, in which the stretch is longer.
 */
export function stagesOf({ index, rest }: ListPlan, stretch: Stretch, timeZone: string): PipelineStage[] {
  return [
    { $match: inIndex(index, stretch) },
    { $sort: NEWEST_FIRST },
    { $limit: ALL },
    { $match: { ...conditionsOf(rest, timeZone), ...IS_ORDER } },
  ] as PipelineStage[];
}

/** Without a history, the document is damaged. Lists do not read histories. */
const IS_ORDER = { history: { $type: 'array' } };

/** Derived fields that are stale may match, whatever they say. */
function conditionsOf(rest: OrderFilter, timeZone: string): Record<string, unknown> {
  const { open, statuses, customerId, updatedSince, rush } = rest;
  const derived = derivedConditionsOf(rest);
  return {
    ...(open !== undefined && { closedAt: open ? null : { $ne: null } }),
    ...(statuses && { status: { $in: statuses } }),
    ...(customerId !== undefined && { customerId }),
    ...(updatedSince !== undefined && { updatedAt: { $gte: updatedSince } }),
    ...(rush !== undefined && { rush: rush ? true : { $ne: true } }),
    ...(derived.length > 0 && { $or: [{ $and: derived }, { $expr: isStale(timeZone) }] }),
  };
}

const derivedConditionsOf = ({ dueAfter, dueBefore, words = [] }: OrderFilter): Record<string, unknown>[] => [
  ...(dueAfter ? [{ 'derived.dueAt': { $gte: dueAfter } }] : []),
  ...(dueBefore ? [{ 'derived.dueAt': { $lt: dueBefore } }] : []),
  ...words.map((word) => ({ 'derived.words': wordCondition(word) })),
];

/** Whether some of the filter is decided by what is derived. */
export const usesDerivedFields = (filter: OrderFilter): boolean => derivedConditionsOf(filter).length > 0;

/** Words have letters and digits only, so that they mean themselves in a regular expression. */
const wordCondition = (word: string) => (Array.from(word).length <= MAX_PREFIX_LETTERS ? word : { $regex: `^${word}` });

/** Sorts after every text that an order may have as its key. */
const LAST_TEXT = '\u{10ffff}';

/**
 * Where a list goes on after these documents. MongoDB sorts values of other types, which only damaged documents have,
 * before or after all texts, and finds none of them with a text. So the last document with a text decides.
 */
export function placeAfter(documents: readonly Place[]): ListKey {
  const last = documents.findLast(({ dateIssued }) => isText(dateIssued));
  return { dateIssued: last?.dateIssued ?? LAST_TEXT, orderId: last && isText(last._id) ? last._id : LAST_TEXT };
}

/** The fields of a document that decide its place. */
export type Place = Pick<WithoutHistory, '_id' | 'dateIssued'>;

export const hasPlace = ({ _id, dateIssued }: Place): boolean => isText(_id) && isText(dateIssued);

const isText = (value: unknown) => typeof value === 'string';
