import { type Position } from '#contracts';
import { type PublishedChange } from './change.js';
import { type FeedGap, type FeedPage, type FeedSubscriber } from './change-feed.js';

const PAGE = 1_000;

/** Past this many waiting changes it is cheaper to read them from the log than to keep them. */
const MAX_WAITING = 10_000;

const RETRY_AFTER = 200;

/**
 * Turns what a broker delivers (late, twice, or not at all) into every change, in order, exactly once, or a gap.
 * Live changes pass straight through while each is the successor of the last; otherwise the log is read until it is.
 */
export class FeedTail {
  /** The last change that was delivered, or skipped by a gap; absent while the feed is empty. */
  private last?: Position;
  private started = false;
  private waiting: PublishedChange[] = [];
  private catchingUp?: Promise<void>;
  private missed = false;
  private stopped = false;

  constructor(
    private readonly read: (after: number, limit: number) => Promise<FeedPage>,
    private readonly subscriber: FeedSubscriber,
  ) {}

  /** Whether the log has been read up to the live changes. */
  get current(): boolean {
    return this.started && this.catchingUp === undefined;
  }

  /** A change has arrived live. */
  receive(change: PublishedChange): void {
    if (this.stopped) return;
    if (this.catchingUp) {
      this.waiting.push(change);
      if (this.waiting.length > MAX_WAITING) {
        this.waiting = [];
        this.missed = true;
      }
    } else if (!this.accept(change)) {
      void this.catchUp();
    }
  }

  /** Changes may have been missed: reads what there is. Resolves once the tail is current, or stopped. */
  async catchUp(): Promise<void> {
    this.missed = true;
    while (this.behind) {
      this.catchingUp ??= this.readUntilCurrent().finally(() => {
        this.catchingUp = undefined;
      });
      await this.catchingUp;
    }
  }

  stop(): void {
    this.stopped = true;
    this.waiting = [];
  }

  private get behind(): boolean {
    return this.missed && !this.stopped;
  }

  private async readUntilCurrent(): Promise<void> {
    while (this.behind) {
      this.missed = false;
      try {
        await this.readOn();
      } catch {
        // The broker is away again: its return starts the next attempt at the latest.
        this.missed = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER).unref());
        continue;
      }
      const waiting = this.waiting;
      this.waiting = [];
      for (const change of waiting) if (!this.accept(change)) this.missed = true;
    }
  }

  private async readOn(): Promise<void> {
    for (;;) {
      const after = this.last;
      const { head, changes } = await this.read(after?.seq ?? 0, this.started ? PAGE : 0);
      if (this.stopped) return;
      if (!this.started) {
        this.started = true;
        this.last = head;
        return;
      }
      const reason =
        gapBetween(after, head, changes[0]) ?? (changes.every((change) => this.accept(change)) ? undefined : 'trimmed');
      if (reason) this.skipTo(head, reason);
      if (this.last?.seq === head?.seq) return;
    }
  }

  /** @returns false where something is missing before this change. */
  private accept(change: PublishedChange): boolean {
    const last = this.last ?? { epoch: change.position.epoch, seq: 0 };
    if (change.position.epoch !== last.epoch) return false;
    if (change.position.seq <= last.seq) return true;
    if (change.position.seq > last.seq + 1) return false;
    this.last = change.position;
    this.subscriber.onChange(change);
    return true;
  }

  private skipTo(now: Position | undefined, reason: FeedGap['reason']): void {
    this.last = now;
    this.subscriber.onGap({ reason, now });
  }
}

/** Whether the log goes on where `after` left off. */
function gapBetween(
  after: Position | undefined,
  head: Position | undefined,
  next: PublishedChange | undefined,
): FeedGap['reason'] | undefined {
  if (after && (head?.epoch !== after.epoch || head.seq < after.seq)) return 'new-epoch';
  const seq = after?.seq ?? 0;
  return head && head.seq > seq && next?.position.seq !== seq + 1 ? 'trimmed' : undefined;
}
