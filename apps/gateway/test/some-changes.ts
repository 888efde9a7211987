import { InMemoryChangeFeed, startOf, type Change, type PublishedChange } from '@galley/change-feed';
import { type StaffPart } from '@galley/contracts';

interface UpdateOptions {
  customerId?: string;
  messageLength?: number;
  staffPart?: StaffPart;
}

/** A change of an order, the second or a later one. */
export const anUpdate = (
  orderId: string,
  revision: number,
  { customerId = 'ana', messageLength = 10, staffPart }: UpdateOptions = {},
): Change => ({
  ...{ type: 'updated', orderId, customerId, revision, timestamp: '2026-11-23T10:00:00.000Z' },
  event: JSON.stringify({ orderId, message: 'x'.repeat(messageLength) }),
  order: JSON.stringify({ orderId }),
  ...(staffPart && { staffPart: JSON.stringify(staffPart) }),
});

/** Changes as a log has them. */
export async function publish(changes: readonly Change[], feed = new InMemoryChangeFeed()): Promise<PublishedChange[]> {
  const { head } = await feed.append(changes);
  return (await feed.read(startOf(head.epoch), head.seq)).changes.slice(-changes.length);
}
