import { decodeChanges, type PublishedChange } from '@galley/change-feed';
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
  /** The position right before the oldest change. */
  private base?: Position;
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
    this.base = position;
    this.newest = position;
    this.older = undefined;
    this.current = undefined;
    this.pages.clear();
  }

  push(change: PublishedChange): void {
    const { position, text } = change;
    const { epoch, seq } = position;
    this.base ??= { epoch, seq: seq - 1 };
    if (this.current?.append(text) !== true) {
      this.startSegment(seq, Buffer.byteLength(text)).append(text);
      this.base = { epoch, seq: (this.older?.first ?? seq) - 1 };
    }
    this.newest = position;
  }

  /** At most `limit` changes after this position; undefined if some of them are missing here. */
  after(position: Position, limit: number): readonly PublishedChange[] | undefined {
    const behind = distance(position, this.newest);
    if (behind === undefined || behind < 0 || (distance(this.base, position) ?? -1) < 0) return undefined;
    const { epoch, seq } = position;
    const last = seq + Math.min(limit, behind);
    const key = `${seq}-${last}`;
    const page = this.pages.get(key) ?? this.read(epoch, seq + 1, last);
    this.pages.delete(key);
    this.pages.set(key, page); // moves it to the end, as the page that was used last
    for (const oldest of this.pages.keys()) if (this.pages.size > KEPT_PAGES) this.pages.delete(oldest);
    return page;
  }

  private read(epoch: string, first: number, last: number): PublishedChange[] {
    const changes: PublishedChange[] = [];
    for (let seq = first; seq <= last; seq++) {
      const segment = seq >= (this.current?.first ?? Infinity) ? this.current : this.older;
      changes.push(...(decodeChanges(segment?.read(seq) ?? '', { epoch, seq }) ?? []));
    }
    return changes;
  }

  private startSegment(first: number, atLeast: number): Segment {
    const recycled = this.older?.recycle(atLeast);
    this.older = this.current;
    return (this.current = new Segment(first, recycled ?? Buffer.allocUnsafeSlow(Math.max(this.limit, atLeast))));
  }
}

/** Texts, one after the other, numbered from `first` on. */
class Segment {
  private readonly ends: number[] = [];

  constructor(
    readonly first: number,
    private readonly bytes: Buffer,
  ) {}

  /** @returns false if the text does not fit */
  append(text: string): boolean {
    const start = this.ends.at(-1) ?? 0;
    const size = Buffer.byteLength(text);
    if (start + size > this.bytes.length) return false;
    this.ends.push(start + this.bytes.write(text, start));
    return true;
  }

  read(seq: number): string {
    const index = seq - this.first;
    return this.bytes.toString('utf8', this.ends[index - 1] ?? 0, this.ends[index]);
  }

  /** Returns its memory for the next segment; undefined if that is too small. */
  recycle(atLeast: number): Buffer | undefined {
    return this.bytes.length >= atLeast ? this.bytes : undefined;
  }
}
