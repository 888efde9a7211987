import { type Change } from '@galley/change-feed';
import { type HistoryEntry } from '@galley/contracts';
import { orderAt } from '../store/order-commit.js';
import { type UnpublishedOrder } from '../store/orders.repository.js';

/** A recorded change as the feed carries it: its event, and the order as it was right after it. */
export function toChange(order: UnpublishedOrder['order'], entry: HistoryEntry): Change {
  const { orderId, customerId } = order;
  const { type, revision, timestamp, status, estimatedDate, message } = entry;
  const event =
    type === 'updated'
      ? { orderId, status, estimatedDate, timestamp, message, revision }
      : { orderId, revision, timestamp, message };
  const change: Change = { type, orderId, customerId, revision, timestamp, event: JSON.stringify(event) };
  if (type !== 'deleted') change.order = JSON.stringify(orderAt(order, entry));
  return change;
}
