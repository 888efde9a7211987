import { type Change } from '#change-feed';
import { type HistoryEntry, type Order } from '#contracts';
import { type UnpublishedOrder } from '../orders/orders.repository.js';

/** A recorded change as the feed carries it: its event, and the order as it was right after it. */
export function toChange({ orderId, customerId, dateIssued }: UnpublishedOrder['order'], entry: HistoryEntry): Change {
  const { type, revision, timestamp, title, quantity, status, estimatedDate, message } = entry;
  const order: Order = {
    orderId,
    customerId,
    title,
    quantity,
    status,
    estimatedDate,
    dateIssued,
    revision,
    updatedAt: timestamp,
  };
  const event =
    type === 'updated'
      ? { orderId, status, estimatedDate, timestamp, message, revision }
      : { orderId, revision, timestamp, message };
  return {
    type,
    orderId,
    customerId,
    revision,
    timestamp,
    event: JSON.stringify(event),
    ...(type !== 'deleted' && { order: JSON.stringify(order) }),
  };
}
