import { startOf, type FeedReader, type PublishedChange } from '@galley/change-feed';
import { isSamePosition, type Position } from '@galley/contracts';
import { Segment } from './segment.js';

/** How many changes are read at a time. Decoding them takes some milliseconds, in which nothing else happens. */
const READ_AT_ONCE = 500;

/**
 * Reads the newest changes up to a position, as many as fit in so many bytes; none if the log does not have the position.
 * @throws if the broker did not answer
 */
export async function readBack(
  feed: Pick<FeedReader, 'readFrom'>,
  upTo: Position,
  limitBytes: number,
): Promise<Segment> {
  const newestFirst: PublishedChange[] = [];
  const segmentAfter = (before: Position) => Segment.of(before, newestFirst.toReversed());
  let before = upTo;
  let bytes = 0;
  while (before.seq > 0) {
    const changes = await readUpTo(before, feed);
    const [oldest] = changes;
    if (!oldest) break;
    const isFirst = oldest.position.seq === 1;
    // The digest before the oldest change is not known, so the segment can begin only after it.
    for (const change of (isFirst ? changes : changes.slice(1)).toReversed()) {
      bytes += Buffer.byteLength(change.entry);
      if (bytes > limitBytes) return segmentAfter(change.position);
      newestFirst.push(change);
    }
    if (changes.length === 1 && !isFirst) break;
    before = isFirst ? startOf(before.epoch) : oldest.position;
  }
  return segmentAfter(before);
}

/** The change at a position and those right before it, oldest first, without a hole; empty if it is not in the log. */
async function readUpTo(position: Position, feed: Pick<FeedReader, 'readFrom'>): Promise<PublishedChange[]> {
  const from = Math.max(position.seq - READ_AT_ONCE, 1);
  const { entries } = await feed.readFrom(from, position.seq - from + 1);
  const newestFirst: PublishedChange[] = [];
  for (const change of entries.toReversed()) {
    // A log that begins after `from` has answered with later changes, too.
    if (change && change.position.seq > position.seq) continue;
    if (change?.position.seq !== position.seq - newestFirst.length) break;
    newestFirst.push(change);
  }
  return isSamePosition(newestFirst[0]?.position, position) ? newestFirst.reverse() : [];
}
