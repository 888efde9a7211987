import { type Model } from 'mongoose';
import { type OrderDocument } from './order.document.js';

/** The newest revision of each of these orders that the database has; Infinity for one of which only the id is left. */
export async function storedRevisions(
  documents: Model<OrderDocument>,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await documents
    .find({ _id: { $in: [...orderIds] } }, { revision: 1 })
    .lean<(Pick<OrderDocument, '_id'> & Partial<Pick<OrderDocument, 'revision'>>)[]>()
    .exec();
  return new Map(found.map(({ _id, revision = Infinity }) => [_id, revision]));
}
