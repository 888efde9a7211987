import { type Change } from '@galley/change-feed';
import { UPDATE_FIELDS, type HistoryEntry, type StaffPart } from '@galley/contracts';
import { orderAt } from '../store/order-commit.js';
import { type UnpublishedOrder } from '../store/orders.repository.js';

/** A recorded change as the feed carries it: its event, and the order right after the change. */
export function toChange(order: UnpublishedOrder['order'], entry: HistoryEntry): Change {
  const { orderId, customerId } = order;
  const { type, revision, timestamp, message, actor, note } = entry;
  const event: Record<string, unknown> = { orderId, revision, timestamp, message };
  if (type === 'updated') for (const field of UPDATE_FIELDS) event[field] = entry[field];
  const change: Change = { type, orderId, customerId, revision, timestamp, event: JSON.stringify(event) };
  if (type !== 'deleted') change.order = JSON.stringify(orderAt(order, entry));
  if (actor) change.staffPart = JSON.stringify({ actor, note } satisfies StaffPart);
  return change;
}
