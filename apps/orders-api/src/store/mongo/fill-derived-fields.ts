import { type AnyBulkWriteOperation, type Model, type QueryFilter } from 'mongoose';
import { inDeliverySince } from '../in-delivery.js';
import { derivedFields, isStale } from './derived-fields.js';
import { type OrderDocument } from './order.document.js';
import { toChangeableOrder } from './stored-order.js';

const BATCH = 100;

/** A history may have megabytes of texts. */
const WITHOUT_TEXTS = {
  ...{ derived: 0, idempotency: 0 },
  ...{ 'history.title': 0, 'history.message': 0, 'history.note': 0, 'history.actor': 0 },
};

/** Bounded, because earlier versions may go on writing. */
const MAX_PASSES = 3;

/**
 * Derives what orders are found by for all orders that earlier versions have stored or changed, and for all if the time zone
 * is another. It skips what is up to date, so it may be stopped and started again at any time. Earlier versions may write
 * meanwhile: an order that changes is left to the next pass.
 * @returns how many updates it has made
 */
export async function fillDerivedFields(documents: Model<OrderDocument>, timeZone: string): Promise<number> {
  let total = 0;
  for (let passes = 0; passes < MAX_PASSES; passes++) {
    const updated = await pass(documents, timeZone);
    if (updated === 0) break;
    total += updated;
  }
  return total;
}

async function pass(documents: Model<OrderDocument>, timeZone: string): Promise<number> {
  let updated = 0;
  let after = '';
  for (;;) {
    const batch = await documents
      .find({ ...toBeFilled(timeZone), _id: { $gt: after } }, WITHOUT_TEXTS)
      .sort({ _id: 1 })
      .limit(BATCH)
      .lean<OrderDocument[]>()
      .exec();
    const updates = batch.flatMap((document) => updateOf(document, timeZone));
    if (updates.length > 0) updated += (await documents.bulkWrite(updates, { ordered: false })).modifiedCount;
    const last = batch.at(-1);
    if (!last || batch.length < BATCH) return updated;
    after = last._id;
  }
}

/** Orders whose derived fields are stale, and tombstones that have some. */
const toBeFilled = (timeZone: string): QueryFilter<OrderDocument> => ({
  $or: [
    { deleted: false, $expr: isStale(timeZone) },
    { deleted: true, derived: { $exists: true } },
  ],
});

/** None if the document is damaged. */
function updateOf(document: OrderDocument, timeZone: string): AnyBulkWriteOperation<OrderDocument>[] {
  const { _id, revision, deleted } = document;
  if (deleted) {
    return [{ updateOne: { filter: { _id, deleted }, update: { $unset: { derived: 1, inDeliverySince: 1 } } } }];
  }
  try {
    const { order } = toChangeableOrder(document);
    const derived = derivedFields(order, timeZone);
    const since = inDeliverySince(order, document.history);
    const update = since
      ? { $set: { derived, inDeliverySince: since } }
      : { $set: { derived }, $unset: { inDeliverySince: 1 } };
    return [{ updateOne: { filter: { _id, revision, deleted }, update } }];
  } catch {
    return [];
  }
}
