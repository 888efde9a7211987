import { decodeEntry, digestOf, type PublishedChange } from '@galley/change-feed';
import { type Position } from '@galley/contracts';
import { RoomIndex } from './room-index.js';

/** What the index takes for each change. */
const INDEX_BYTES_PER_CHANGE = 100;

/** Few changes are smaller. The index has room for as many. */
const SMALL_CHANGE_BYTES = 400;

/**
 * The changes after a position, one after the other. They are kept as bytes, because most of them are never read again, and
 * bytes cost the garbage collector nothing.
 */
export class Segment {
  private newest: Position;
  private readonly ends: number[] = [];
  private readonly index: RoomIndex;

  constructor(
    readonly before: Position,
    private readonly buffer: Buffer,
  ) {
    this.newest = before;
    this.index = new RoomIndex(buffer.length / SMALL_CHANGE_BYTES);
  }

  /** @param changes all changes after the position, as far as the segment goes */
  static of(before: Position, changes: readonly PublishedChange[]): Segment {
    const bytes = changes.reduce((sum, { entry }) => sum + Buffer.byteLength(entry), 0);
    const segment = new Segment(before, Buffer.allocUnsafeSlow(bytes));
    for (const change of changes) segment.append(change);
    return segment;
  }

  /** The position of its last change; `before` while it has none. */
  get last(): Position {
    return this.newest;
  }

  /** The memory that it takes. */
  get bytes(): number {
    return this.buffer.length + this.ends.length * INDEX_BYTES_PER_CHANGE;
  }

  /** @returns false if the entry does not fit */
  append(change: PublishedChange): boolean {
    const { entry, position } = change;
    const start = this.ends.at(-1) ?? 0;
    if (start + Buffer.byteLength(entry) > this.buffer.length) return false;
    this.index.add(change);
    this.ends.push(start + this.buffer.write(entry, start));
    this.newest = position;
    return true;
  }

  /** Whether the position is in this log, and its next change is here. */
  goesOnAfter({ epoch, seq, digest }: Position): boolean {
    const { before, last } = this;
    return epoch === before.epoch && seq >= before.seq && seq < last.seq && digest === this.positionAt(seq).digest;
  }

  /** @param seq that of a change of this segment, or of `before` */
  positionAt(seq: number): Position {
    if (seq === this.before.seq) return this.before;
    return { epoch: this.before.epoch, seq, digest: digestOf(this.entryAt(seq)) };
  }

  /** The changes after the place `after`, up to and with the place `upTo`. */
  between(after: number, upTo: number): PublishedChange[] {
    return Array.from({ length: upTo - after }, (_, i) => this.read(after + 1 + i));
  }

  /**
   * At most `limit` changes after the place `after`, the first ones that go to any of the rooms. Reads each of them when it is
   * asked for, and no others, but for a few: see `RoomIndex`. Must not be asked for the room of all orders.
   */
  *find(rooms: Iterable<string>, after: number, limit: number): Generator<PublishedChange, void> {
    const first = this.before.seq + 1;
    for (const place of this.index.find(rooms, after + 1 - first, limit)) yield this.read(first + place);
  }

  /** Returns its memory for the next segment; undefined if that is too small. The segment must not be used after that. */
  recycle(atLeast: number): Buffer | undefined {
    return this.buffer.length >= atLeast ? this.buffer : undefined;
  }

  private read(seq: number): PublishedChange {
    const change = decodeEntry(this.entryAt(seq), this.before.epoch, seq);
    if (!change) throw new Error(`The change at ${seq} was a change when it was added`);
    return change;
  }

  private entryAt(seq: number): string {
    const index = seq - this.before.seq - 1;
    return this.buffer.toString('utf8', this.ends[index - 1] ?? 0, this.ends[index]);
  }
}
