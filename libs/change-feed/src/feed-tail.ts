import { distance, isSameEpoch, isSamePosition, type Position } from '@galley/contracts';
import { startOf } from './chain.js';
import { type PublishedChange } from './change.js';
import { type FeedGap, type FeedReader, type FeedSubscriber } from './change-feed.js';

const PAGE_SIZE = 1_000;

/** Above this number of waiting messages it is cheaper to read them from the log than to keep them. */
const MAX_WAITING = 10_000;

const RETRY_AFTER_MS = 200;

/** What one append has published: changes that follow from each other, the first of them right after `before`. */
export interface FeedMessage {
  before: Position;
  changes: readonly PublishedChange[];
}

/**
 * A broker may deliver a message late, twice, or not at all. The tail delivers every change in order and exactly once, or
 * declares a gap. Messages pass straight through while each follows the last change. Otherwise the log is read until that is
 * so again. If the log does not contain the last change, the broker has lost data.
 */
export class FeedTail {
  /** The position of the last change that was delivered, or skipped by a gap; absent while the feed is empty. */
  private last?: Position;
  private started = false;
  private waiting: FeedMessage[] = [];
  private catchingUp?: Promise<void>;
  private missed = false;
  private stopped = false;
  /** How often changes were read from the log because no message had brought them. */
  repairs = 0;

  constructor(
    private readonly feed: Pick<FeedReader, 'head' | 'read'>,
    private readonly subscriber: FeedSubscriber,
  ) {}

  /** Whether the log has been read up to the live changes. */
  get current(): boolean {
    return this.started && this.catchingUp === undefined;
  }

  /** The subscriber has got all changes up to this position; absent while the feed is empty. */
  get position(): Position | undefined {
    return this.last;
  }

  /** Handles a message that has arrived live. */
  receive(message: FeedMessage): void {
    if (this.stopped) return;
    if (this.catchingUp) {
      this.waiting.push(message);
      if (this.waiting.length > MAX_WAITING) {
        this.waiting = [];
        this.missed = true;
      }
    } else if (!this.accept(message)) {
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
      for (const message of waiting) if (!this.accept(message)) this.missed = true;
    }
  }

  private async start(): Promise<void> {
    this.last = await this.feed.head();
    this.started = true;
    this.subscriber.onStart?.(this.last);
  }

  /** Reads up to the head of the log. */
  private async readOn(): Promise<void> {
    this.last ??= await this.beginning();
    while (this.last) {
      const { head, continuity, changes } = await this.feed.read(this.last, PAGE_SIZE);
      if (this.stopped) return;
      if (continuity === 'kept') {
        if (changes.length > 0) this.repairs++;
        this.deliver(changes);
        if (isSamePosition(this.last, head)) return;
      } else if (continuity === 'trimmed' || isSameEpoch(this.last, head)) {
        this.goOnAt(head, continuity === 'trimmed' ? 'trimmed' : 'new-epoch');
      } else {
        // Go on from the beginning of the new epoch, if the log still has it.
        const beginning = await this.beginning();
        const isKept = beginning && (await this.feed.read(beginning, 0)).continuity === 'kept';
        this.goOnAt(isKept ? beginning : head, 'new-epoch');
      }
    }
  }

  private async beginning(): Promise<Position | undefined> {
    const head = await this.feed.head();
    return head && startOf(head.epoch);
  }

  /** @returns false if something is missing before the message, or it is of another history */
  private accept({ before, changes }: FeedMessage): boolean {
    const { last } = this;
    const known = distance(before, last ?? startOf(before.epoch));
    if (known === undefined || known < 0) return false;
    if (known > changes.length) return true; // repeats what is known
    if (last && !isSamePosition(known === 0 ? before : changes[known - 1]?.position, last)) return false;
    this.deliver(changes.slice(known));
    return true;
  }

  private deliver(changes: readonly PublishedChange[]): void {
    for (const change of changes) {
      this.last = change.position;
      this.subscriber.onChange(change);
    }
  }

  private goOnAt(now: Position | undefined, reason: FeedGap['reason']): void {
    this.last = now;
    this.subscriber.onGap({ reason, now });
  }
}
