import { decodeEntry, digestOf, startOf, type PublishedChange } from '@galley/change-feed';
import { distance, type Position } from '@galley/contracts';

/**
 * Decoded pages that are kept for clients that reconnect at the same time, as they do when their replica has stopped.
 */
const KEPT_PAGES = 50;

/**
 * The newest changes that this replica has delivered, without a gap, for clients that reconnect. Most of them are never
 * read again, so they are kept as bytes, which cost the garbage collector nothing.
 */
export class RecentChanges {
  private newest?: Position;
  private older?: Segment;
  private current?: Segment;
  private readonly pages = new Map<string, readonly PublishedChange[]>();

  /** @param limit how many bytes to keep at least; up to twice as many are kept */
  constructor(private readonly limit: number) {}

  /** The position of the newest change; absent while the feed is empty. */
  get head(): Position | undefined {
    return this.newest;
  }

  /** Forgets everything: the next change follows this position. */
  restart(position: Position | undefined): void {
    this.newest = position;
    this.older = undefined;
    this.current = undefined;
    this.pages.clear();
  }

  push({ position, entry }: PublishedChange): void {
    if (this.current?.append(entry) !== true) {
      const before = this.newest ?? startOf(position.epoch);
      this.startSegment(before, Buffer.byteLength(entry)).append(entry);
    }
    this.newest = position;
  }

  /** At most `limit` changes after this position; undefined if some of them are missing here, or it is of another log. */
  after(position: Position, limit: number): readonly PublishedChange[] | undefined {
    const behind = distance(position, this.newest);
    if (behind === undefined || behind < 0 || this.digestAt(position.seq) !== position.digest) return undefined;
    const { epoch, seq } = position;
    const last = seq + Math.min(limit, behind);
    const key = `${seq}-${last}`;
    const page = this.pages.get(key) ?? this.read(epoch, seq + 1, last);
    this.pages.delete(key);
    this.pages.set(key, page); // moves it to the end, as the page that was used last
    for (const oldest of this.pages.keys()) if (this.pages.size > KEPT_PAGES) this.pages.delete(oldest);
    return page;
  }

  /** The digest at this place; undefined if the change is older than all that are kept. */
  private digestAt(seq: number): string | undefined {
    if (seq === this.newest?.seq) return this.newest.digest;
    const segment = this.segmentAt(seq) ?? this.segmentAt(seq + 1);
    return segment?.before.seq === seq ? segment.before.digest : segment && digestOf(segment.read(seq));
  }

  private read(epoch: string, first: number, last: number): PublishedChange[] {
    const changes: PublishedChange[] = [];
    for (let seq = first; seq <= last; seq++) {
      const change = decodeEntry(this.segmentAt(seq)?.read(seq) ?? '', epoch, seq);
      if (change) changes.push(change);
    }
    return changes;
  }

  private segmentAt(seq: number): Segment | undefined {
    return [this.current, this.older].find((segment) => segment && seq > segment.before.seq);
  }

  private startSegment(before: Position, atLeast: number): Segment {
    const recycled = this.older?.recycle(atLeast);
    this.older = this.current;
    return (this.current = new Segment(before, recycled ?? Buffer.allocUnsafeSlow(Math.max(this.limit, atLeast))));
  }
}

/** The entries after a position, one after the other. */
class Segment {
  private readonly ends: number[] = [];

  constructor(
    readonly before: Position,
    private readonly bytes: Buffer,
  ) {}

  /** @returns false if the entry does not fit */
  append(entry: string): boolean {
    const start = this.ends.at(-1) ?? 0;
    const size = Buffer.byteLength(entry);
    if (start + size > this.bytes.length) return false;
    this.ends.push(start + this.bytes.write(entry, start));
    return true;
  }

  read(seq: number): string {
    const index = seq - this.before.seq - 1;
    return this.bytes.toString('utf8', this.ends[index - 1] ?? 0, this.ends[index]);
  }

  /** Returns its memory for the next segment; undefined if that is too small. */
  recycle(atLeast: number): Buffer | undefined {
    return this.bytes.length >= atLeast ? this.bytes : undefined;
  }
}
