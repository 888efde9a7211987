import { distance, isSamePosition, type Position } from '@galley/contracts';
import { follows } from './chain.js';
import { headerOf, type PublishedChange } from './change.js';
import { type Continuity, type FeedPage } from './change-feed.js';

/**
 * The page of a log after a position.
 * @param entries the entries of the log from `after.seq` on, that one included if the log still has it; undefined in the
 *   place of an entry that is not a change
 * @param limit how many changes the page may have; more entries are ignored
 */
export function pageAfter(
  after: Position,
  head: Position | undefined,
  entries: readonly (PublishedChange | undefined)[],
  limit: number,
): FeedPage {
  const page = (continuity: Continuity, changes: PublishedChange[] = []): FeedPage => ({ head, continuity, changes });
  const behind = distance(after, head);
  if (!head || behind === undefined || behind < 0) return page('forked');
  // The log may have been trimmed to nothing. Its head is still there.
  if (behind === 0) return page(isSamePosition(after, head) ? 'kept' : 'forked');
  const [first] = entries;
  const isThere = first?.position.seq === after.seq;
  if (isThere && !isSamePosition(first.position, after)) return page('forked');
  const later = isThere ? entries.slice(1) : entries;
  const [next] = later;
  if (next?.position.seq !== after.seq + 1) return page('trimmed');
  if (!isThere && !follows(next.position, headerOf(next), after)) return page('forked');
  return page('kept', untilHole(later, head, limit));
}

/** The entries up to the first hole, or to the head: what comes after it is not ours. */
function untilHole(
  entries: readonly (PublishedChange | undefined)[],
  head: Position,
  limit: number,
): PublishedChange[] {
  const changes: PublishedChange[] = [];
  for (const change of entries) {
    if (!change || changes.length === limit || change.position.seq > head.seq) break;
    if (change.position.seq !== (changes.at(-1)?.position.seq ?? change.position.seq - 1) + 1) break;
    changes.push(change);
  }
  return changes;
}
