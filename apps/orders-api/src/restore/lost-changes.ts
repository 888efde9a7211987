import { type FeedReader, type PublishedChange } from '@galley/change-feed';
import { type Position } from '@galley/contracts';

/** The revision that the store has of each of these orders; Infinity for one that ended long ago; none for one that it lacks. */
export type RevisionsOf = (orderIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/** How many entries of the log are read and compared at a time. */
const PAGE = 500;

/** The changes in the log that the store lacks, oldest first. After a restore they are what the backup does not have. */
export async function* lostChanges(feed: FeedReader, revisionsOf: RevisionsOf): AsyncGenerator<PublishedChange> {
  let next = 1;
  for (;;) {
    const { head, entries } = await feed.readFrom(next, PAGE);
    const changes = entries.filter((entry) => entry !== undefined);
    const stored = await revisionsOf([...new Set(changes.map(({ orderId }) => orderId))]);
    for (const change of changes) if (change.revision > (stored.get(change.orderId) ?? 0)) yield change;
    const last = changes.at(-1)?.position.seq;
    if (last === undefined || last >= (head?.seq ?? 0)) return;
    next = last + 1;
  }
}

/**
 * Whether the log still has all changes since the position that the store had recorded when it was backed up. If not, changes
 * are lost that nobody can list.
 * @param recorded absent if the store has recorded none
 */
export async function reachesBackTo(feed: FeedReader, recorded: Position | undefined): Promise<boolean> {
  if (recorded) return (await feed.read(recorded, 1)).continuity === 'kept';
  const { head, entries } = await feed.readFrom(1, 1);
  return head !== undefined && entries[0]?.position.seq === 1;
}
