import { invalidRequest, wordsOf, type CountOrders } from '@galley/contracts';
import { type OrderFilter } from '../store/lists/order-filter.js';
import { beginningOf } from '../store/lists/time-zones.js';

/** Each word is compared with each order that is examined. */
const MAX_WORDS = 8;

/**
 * The filter that a request asks for. A text to search for without a letter or a digit filters nothing.
 * @throws GalleyError `invalid_request` if it searches for too many words
 */
export function toFilter(asked: CountOrders, timeZone: string): OrderFilter {
  const { open, status, customerId, dueAfter, dueBefore, updatedSince, rush, q } = asked;
  const words = wordsOf(q ?? '');
  if (words.length > MAX_WORDS) {
    throw invalidRequest([{ path: ['q'], message: `must have at most ${MAX_WORDS} words` }]);
  }
  return {
    open,
    statuses: status,
    customerId,
    dueAfter: dueAfter === undefined ? undefined : beginningOf(dueAfter, timeZone),
    dueBefore: dueBefore === undefined ? undefined : beginningOf(dueBefore, timeZone),
    updatedSince: updatedSince === undefined ? undefined : beginningOf(updatedSince, timeZone).toISOString(),
    rush,
    words: words.length > 0 ? words : undefined,
  };
}
