import { type PublishedChange } from '#change-feed';
import { type Position } from '#contracts';

/** What a change takes beside its payloads, in bytes, roughly. */
const OVERHEAD = 300;

const sizeOf = ({ event, order }: PublishedChange) => event.length + (order?.length ?? 0) + OVERHEAD;

/** The newest changes of the feed that this replica has delivered, without a gap, for clients that come back. */
export class RecentChanges {
  private changes: PublishedChange[] = [];
  private bytes = 0;
  /** After which change they begin. */
  private base?: Position;

  /** @param limit how many bytes to keep; up to twice as many are, so that forgetting is cheap */
  constructor(private readonly limit: number) {}

  /** The position of the newest; absent while the feed is empty. */
  get head(): Position | undefined {
    return this.changes.at(-1)?.position ?? this.base;
  }

  /** Forgets everything: the next change follows this position. */
  restart(position: Position | undefined): void {
    this.changes = [];
    this.bytes = 0;
    this.base = position;
  }

  push(change: PublishedChange): void {
    this.base ??= before(change);
    this.changes.push(change);
    this.bytes += sizeOf(change);
    if (this.bytes > 2 * this.limit) this.forget();
  }

  /** At most `limit` changes that follow this position; undefined where they are not all here. */
  after({ epoch, seq }: Position, limit: number): PublishedChange[] | undefined {
    const { base, head } = this;
    if (!base || !head || epoch !== base.epoch || seq < base.seq || seq > head.seq) return undefined;
    const start = seq - base.seq;
    return this.changes.slice(start, start + limit);
  }

  private forget(): void {
    let kept = this.changes.length;
    let bytes = 0;
    while (kept > 1 && bytes < this.limit) {
      kept--;
      const change = this.changes[kept];
      if (change) bytes += sizeOf(change);
    }
    this.changes = this.changes.slice(kept);
    this.bytes = bytes;
    const [oldest] = this.changes;
    if (oldest) this.base = before(oldest);
  }
}

const before = ({ position: { epoch, seq } }: PublishedChange): Position => ({ epoch, seq: seq - 1 });
