import { type QueryFilter } from 'mongoose';
import { type ListKey } from '@galley/contracts';
import { type OrderFilter } from '../orders.repository.js';
import { type OrderDocument } from './order.document.js';
import { type WithoutHistory } from './stored-order.js';

/** The query of a list, whose result is to be sorted by `dateIssued` and `_id`, both descending. */
export function toQuery({ status, customerId, after }: OrderFilter): QueryFilter<OrderDocument> {
  return {
    deleted: false,
    // Without one, the document is damaged. Lists do not read histories.
    history: { $type: 'array' },
    ...(status !== undefined && { status }),
    ...(customerId !== undefined && { customerId }),
    // The range on the sort key comes first, so that even a deep page starts at its place in the index.
    ...(after && {
      dateIssued: { $lte: after.dateIssued },
      $or: [{ dateIssued: { $lt: after.dateIssued } }, { _id: { $lt: after.orderId } }],
    }),
  };
}

/** Sorts after every text that an order may have as its key. */
const LAST_TEXT = '\u{10ffff}';

/**
 * Where a list goes on after these documents. MongoDB sorts values of other types, which only damaged documents have,
 * before or after all texts, and finds none of them with a text. So the last document with a text decides.
 */
export function placeAfter(documents: readonly WithoutHistory[]): ListKey {
  const last = documents.findLast(({ dateIssued }) => isText(dateIssued));
  return { dateIssued: last?.dateIssued ?? LAST_TEXT, orderId: last && isText(last._id) ? last._id : LAST_TEXT };
}

const isText = (value: unknown) => typeof value === 'string';
