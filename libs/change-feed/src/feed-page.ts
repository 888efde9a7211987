import { distance, isSamePosition, type Position } from '@galley/contracts';
import { follows } from './chain.js';
import { headerOf, type PublishedChange } from './change.js';

/** A part of the log as it is, not yet compared with the position of any reader. */
export interface Stretch {
  /** The position of the newest change at the time of the read; absent if the feed is empty. */
  head?: Position;
  /** Oldest first; undefined in the place of an entry that is not a change. */
  entries: readonly (PublishedChange | undefined)[];
}

/** How the log goes on after a position. */
export type Continuity =
  /** The log contains the position, and everything after it. */
  | 'kept'
  /** The changes right after the position are no longer in the log. */
  | 'trimmed'
  /** The position is not in this log: it is of another epoch, or of another history of the same epoch. */
  | 'forked';

export interface FeedPage {
  /** The position of the newest change at the time of the read; absent if the feed is empty. */
  head?: Position;
  continuity: Continuity;
  /** Oldest first, without a hole; empty unless the continuity is `kept`. */
  changes: PublishedChange[];
}

/**
 * The page of a log after a position. Readers at different positions can share one stretch: each gets its own proof that
 * the log goes on from where it is.
 * @param stretch begins at `after.seq` or before, as far as the log still has it
 * @param limit how many changes the page may have; more entries are ignored
 */
export function pageAfter(after: Position, stretch: Stretch, limit: number): FeedPage {
  const { head } = stretch;
  const page = (continuity: Continuity, changes: PublishedChange[] = []): FeedPage => ({ head, continuity, changes });
  const behind = distance(after, head);
  if (!head || behind === undefined || behind < 0) return page('forked');
  // The log may have been trimmed to nothing. Its head is still there.
  if (behind === 0) return page(isSamePosition(after, head) ? 'kept' : 'forked');
  const entries = entriesFrom(after.seq, stretch);
  const [first] = entries;
  const isThere = first?.position.seq === after.seq;
  if (isThere && !isSamePosition(first.position, after)) return page('forked');
  const later = isThere ? entries.slice(1) : entries;
  const [next] = later;
  if (next?.position.seq !== after.seq + 1) return page('trimmed');
  if (!isThere && !follows(next.position, headerOf(next), after)) return page('forked');
  return page('kept', untilHole(later, head, limit));
}

function entriesFrom(seq: number, { entries }: Stretch): Stretch['entries'] {
  const start = entries.findIndex((entry) => entry && entry.position.seq >= seq);
  return start < 0 ? [] : entries.slice(start);
}

/** The entries up to the first hole, or to the head: what comes after it is not ours. */
function untilHole(entries: Stretch['entries'], head: Position, limit: number): PublishedChange[] {
  const changes: PublishedChange[] = [];
  for (const change of entries) {
    if (!change || changes.length === limit || change.position.seq > head.seq) break;
    if (change.position.seq !== (changes.at(-1)?.position.seq ?? change.position.seq - 1) + 1) break;
    changes.push(change);
  }
  return changes;
}
