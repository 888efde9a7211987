import { tokensOf, type Order } from '@galley/contracts';
import { factsOf } from '../lists/order-filter.js';

/**
 * What lists are found by and is no field of an order. Every commit of ours derives it anew. Earlier versions store orders
 * without it, and change orders without deriving it again. So it says what it was derived from: it is stale if that is not
 * the revision of the order. Stale fields decide nothing, and `npm run db:indexes` brings them up to date.
 */
export interface DerivedFields {
  revision: number;
  timeZone: string;
  /** The last moment of the `estimatedDate`. */
  dueAt?: Date;
  /** The tokens of `tokensOf`. */
  words: string[];
}

export function derivedFields(order: Order, timeZone: string): DerivedFields {
  const { dueAtMs, searchText } = factsOf(order, timeZone);
  return {
    ...{ revision: order.revision, timeZone, words: tokensOf(searchText.split(' ').slice(1)) },
    ...(dueAtMs !== undefined && { dueAt: new Date(dueAtMs) }),
  };
}

/** Whether the derived fields of an order are missing or stale: an expression of MongoDB. */
export const isStale = (timeZone: string) => ({
  $or: [{ $ne: ['$derived.revision', '$revision'] }, { $ne: ['$derived.timeZone', timeZone] }],
});

/** The opposite, of a document that was read. */
export const isUpToDate = (
  { derived, revision }: { derived?: Pick<DerivedFields, 'revision' | 'timeZone'>; revision: number },
  timeZone: string,
): boolean => derived?.revision === revision && derived.timeZone === timeZone;
