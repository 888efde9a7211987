import { type QueryFilter } from 'mongoose';
import { type OrderInDelivery } from '../orders.repository.js';
import { type OrderDocument } from './order.document.js';

/** A field that says since when an order waits for something; absent from other orders. */
export type WaitingSince = 'unpublishedSince' | 'inDeliverySince';

/** Also finds documents that lack one of the two, which are damaged. */
export const IS_UNPUBLISHED = { $ne: ['$publishedRevision', '$revision'] };

/** Open orders in `Delivery`. */
export const inDelivery = (cameBefore: Date): QueryFilter<OrderDocument> => ({
  inDeliverySince: { $exists: true, $lte: cameBefore },
  _id: { $type: 'string' },
  // Earlier versions do not know the field, and leave it where it is.
  ...{ status: 'Delivery', closedAt: { $exists: false }, deleted: false },
});

/** What comes after an order, sorted by the field and then by `_id`. */
export const comesAfter = ({ orderId, since }: OrderInDelivery, field: WaitingSince): QueryFilter<OrderDocument> => ({
  $or: [{ [field]: { $gt: since } }, { [field]: since, _id: { $gt: orderId } }],
});
