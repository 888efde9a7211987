import { distance, type Position } from '@galley/contracts';
import { type PublishedChange } from './change.js';
import { type ChangeFeed, type FeedGap, type FeedPage, type FeedSubscriber } from './change-feed.js';

const PAGE_SIZE = 1_000;

/** Above this number of waiting changes it is cheaper to read them from the log than to keep them. */
const MAX_WAITING = 10_000;

const RETRY_AFTER_MS = 200;

/** The last position of the tail. The change itself is known unless it was skipped. */
interface Last {
  position: Position;
  change?: PublishedChange;
}

/**
 * A broker may deliver a change late, twice, or not at all. The tail delivers every change in order and exactly once, or
 * declares a gap. Live changes pass straight through while each is the successor of the last. Otherwise the log is read
 * until that is so again. Each reading begins with the last change itself. If the log has another change in its place, or
 * none, the broker has lost data, and the tail ends the epoch for everybody.
 */
export class FeedTail {
  /** The last change that was delivered, or skipped by a gap; absent while the feed is empty. */
  private last?: Last;
  private started = false;
  private waiting: PublishedChange[] = [];
  private catchingUp?: Promise<void>;
  private missed = false;
  private stopped = false;

  constructor(
    private readonly feed: Pick<ChangeFeed, 'read' | 'reset'>,
    private readonly subscriber: FeedSubscriber,
  ) {}

  /** Whether the log has been read up to the live changes. */
  get current(): boolean {
    return this.started && this.catchingUp === undefined;
  }

  /** The subscriber has got all changes up to this position; absent while the feed is empty. */
  get position(): Position | undefined {
    return this.last?.position;
  }

  /** Handles a change that has arrived live. */
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

  /** Reads the log, because changes may have been missed. Resolves once the tail is current, or stopped. */
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
        if (!this.started) await this.start();
        await this.readOn();
      } catch {
        // The broker is away again. Its return starts the next attempt, if none starts before.
        this.missed = true;
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS).unref());
        continue;
      }
      const waiting = this.waiting;
      this.waiting = [];
      for (const change of waiting) if (!this.accept(change)) this.missed = true;
    }
  }

  private async start(): Promise<void> {
    const { head } = await this.feed.read(0, 0);
    this.last = head && { position: head };
    this.started = true;
    this.subscriber.onStart?.(head);
  }

  private async readOn(): Promise<void> {
    for (;;) {
      const { last } = this;
      const page = await this.feed.read(last ? Math.max(last.position.seq - 1, 0) : 0, PAGE_SIZE);
      if (this.stopped) return;
      const continuity = compare(last, page);
      if (continuity === 'rewound' && page.head) await this.feed.reset(page.head.epoch);
      else if (continuity === 'trimmed') this.goOnAt(page.head, 'trimmed');
      else if (continuity === 'kept') {
        if (last && !last.change) last.change = page.changes[0];
        const isWhole = page.changes.every((change) => this.accept(change));
        if (!page.head || distance(this.last?.position, page.head) === 0) return;
        // There is a hole: an entry is missing, or is not a change.
        if (!isWhole || this.last === last) this.goOnAt(page.head, 'trimmed');
      } else {
        // Go on from the beginning of the new epoch, if the log still has it.
        const { head, changes } = await this.feed.read(0, 1);
        const [first] = changes;
        this.goOnAt(head && (first?.position.seq === 1 ? { epoch: head.epoch, seq: 0 } : head), 'new-epoch');
        if (!head) return;
      }
    }
  }

  /** @returns false if something is missing before this change */
  private accept(change: PublishedChange): boolean {
    const { position } = change;
    const ahead = distance(this.last?.position ?? { epoch: position.epoch, seq: 0 }, position);
    if (ahead === undefined || ahead > 1) return false;
    if (ahead < 1) return true; // already known
    this.last = { position, change };
    this.subscriber.onChange(change);
    return true;
  }

  private goOnAt(now: Position | undefined, reason: FeedGap['reason']): void {
    this.last = now && { position: now };
    this.subscriber.onGap({ reason, now });
  }
}

/** Whether the log goes on where `last` left off. */
function compare(last: Last | undefined, { head, changes }: FeedPage): 'kept' | 'trimmed' | 'new-epoch' | 'rewound' {
  const [first] = changes;
  if (!last) return head && first?.position.seq !== 1 ? 'trimmed' : 'kept';
  const { position, change } = last;
  const ahead = distance(position, head);
  if (ahead === undefined) return 'new-epoch';
  if (position.seq === 0) return first?.position.seq === 1 ? 'kept' : 'trimmed';
  if (ahead < 0) return 'rewound';
  // The log is gone, but the counters are still there and show that nothing has come since.
  if (ahead === 0 && !first) return 'kept';
  if (first?.position.seq !== position.seq) return 'trimmed';
  return change && first.text !== change.text ? 'rewound' : 'kept';
}
