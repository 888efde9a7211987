import { startOf, type PublishedChange } from '@galley/change-feed';
import { isSamePosition, type Position } from '@galley/contracts';
import { Segment } from './segment.js';

/** The newest changes that this replica has delivered, without a gap, for clients that reconnect. */
export class RecentChanges {
  private newest?: Position;
  private older?: Segment;
  private current?: Segment;

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
  }

  push(change: PublishedChange): void {
    if (this.current?.append(change) !== true) {
      const before = this.newest ?? startOf(change.position.epoch);
      this.startSegment(before, Buffer.byteLength(change.entry)).append(change);
    }
    this.newest = change.position;
  }

  /** Adds changes that came before all that are kept. Ignores them if they no longer lead up to those. */
  prepend(segment: Segment): void {
    const oldest = this.current?.before ?? this.newest;
    if (this.older || !isSamePosition(segment.last, oldest)) return;
    if (this.current) this.older = segment;
    else this.current = segment; // it is full, so the next change begins another
  }

  /** Whether the position is in this log, and all changes after it are kept. */
  goOnAfter(position: Position): boolean {
    return isSamePosition(position, this.newest) || this.segmentAfter(position) !== undefined;
  }

  /** The segment that has the change after this position; undefined if it is not kept, or the position is not in this log. */
  segmentAfter(position: Position): Segment | undefined {
    return [this.current, this.older].find((segment) => segment?.goesOnAfter(position));
  }

  private startSegment(before: Position, atLeast: number): Segment {
    const recycled = this.older?.recycle(atLeast);
    this.older = this.current;
    return (this.current = new Segment(before, recycled ?? Buffer.allocUnsafeSlow(Math.max(this.limit, atLeast))));
  }
}
