import { type PublishedChange } from '#change-feed';
import { type Position } from '#contracts';

/** The newest changes of the feed that this replica has delivered, without a gap, for clients that come back. */
export class RecentChanges {
  private changes: PublishedChange[] = [];
  /** After which change they begin. */
  private base?: Position;

  /** @param limit how many to keep; up to twice as many are, so that forgetting is cheap */
  constructor(private readonly limit: number) {}

  /** The position of the newest; absent while the feed is empty. */
  get head(): Position | undefined {
    return this.changes.at(-1)?.position ?? this.base;
  }

  /** Forgets everything: the next change follows this position. */
  restart(position: Position | undefined): void {
    this.changes = [];
    this.base = position;
  }

  push(change: PublishedChange): void {
    this.base ??= { epoch: change.position.epoch, seq: change.position.seq - 1 };
    this.changes.push(change);
    if (this.changes.length < 2 * this.limit) return;
    this.changes = this.changes.slice(-this.limit);
    const [oldest] = this.changes;
    if (oldest) this.base = { epoch: oldest.position.epoch, seq: oldest.position.seq - 1 };
  }

  /** At most `limit` changes that follow this position; undefined where they are not all here. */
  after({ epoch, seq }: Position, limit: number): PublishedChange[] | undefined {
    const { base, head } = this;
    if (!base || !head || epoch !== base.epoch || seq < base.seq || seq > head.seq) return undefined;
    const start = seq - base.seq;
    return this.changes.slice(start, start + limit);
  }
}
