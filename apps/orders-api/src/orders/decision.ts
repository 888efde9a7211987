import { GalleyError, type Order } from '@galley/contracts';
import { type CommittedChange } from '../publication/publication-queue.js';
import { type OrderCommit } from '../store/order-commit.js';
import { HISTORY_LIMIT, type StoredOrder } from '../store/orders.repository.js';

/** Unpublished changes that one order may have. Fewer than the history limit, which would drop the oldest of them. */
const MAX_UNPUBLISHED = HISTORY_LIMIT - 100;

/** What is to be done with an order. */
export interface Proposal {
  orderId: string;
  /** Whether an order at this revision may be changed. */
  precondition?: (revision: number) => boolean;
  /**
   * @returns undefined if nothing would change
   * @throws GalleyError if the order does not allow it
   */
  decide: (current: Order) => OrderCommit | undefined;
}

export type Decision =
  { is: 'commit'; committed: CommittedChange } | { is: 'same'; order: Order } | { is: 'refusal'; refusal: GalleyError };

/** Decides on a change of the order that is stored, if one is. */
export function decideOn(stored: StoredOrder | undefined, { orderId, precondition, decide }: Proposal): Decision {
  if (!stored) return refuse(notFound(orderId));
  const { order, publishedRevision } = stored;
  if (precondition?.(order.revision) === false) {
    return refuse(new GalleyError('precondition_failed', `Order ${orderId} is at revision ${order.revision}`));
  }
  try {
    const commit = decide(order);
    if (!commit) return { is: 'same', order };
    if (order.revision - publishedRevision < MAX_UNPUBLISHED) {
      return { is: 'commit', committed: { ...commit, publishedRevision } };
    }
  } catch (error) {
    if (error instanceof GalleyError) return refuse(error);
    throw error;
  }
  const sentence = `Too many changes of order ${orderId} are not published yet`;
  return refuse(new GalleyError('unavailable', sentence, { retryAfterSeconds: 1 }));
}

const refuse = (refusal: GalleyError): Decision => ({ is: 'refusal', refusal });

export const notFound = (orderId: string) => new GalleyError('order_not_found', `There is no order ${orderId}`);
