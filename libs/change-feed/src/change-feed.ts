import { type Position } from '@galley/contracts';
import { type FeedBeat } from './beat.js';
import { type Change, type PublishedChange } from './change.js';
import { pageAfter, type FeedPage, type Stretch } from './feed-page.js';

export type AppendOutcome =
  | { outcome: 'appended' }
  /** The feed already has this revision. It was not published again. */
  | { outcome: 'duplicate' }
  /** An earlier revision is missing in this epoch. Append from `expected` on, or `reset` if the feed has lost it. */
  | { outcome: 'gap'; expected: number };

export interface Appended {
  /** The newest position of the log, right after the append. */
  head: Position;
  /** The outcome of each change, in the same order. */
  outcomes: AppendOutcome[];
}

export interface FeedGap {
  /** The log is another than the one that was read, or the missing changes are older than its history. */
  reason: 'new-epoch' | 'trimmed';
  /** The subscription goes on after this position; absent if the feed is empty. */
  now?: Position;
}

export interface FeedSubscriber {
  /** Called once, before anything else. Changes after this position will be delivered; absent if the feed is empty. */
  onStart?(position?: Position): void;
  /** Called with the next change. Must not throw. */
  onChange(change: PublishedChange): void;
  /** Called when changes are missing that no read of the feed can bring back. Must not throw. */
  onGap(gap: FeedGap): void;
  /** Called when a writer says that it lives. Must not throw. */
  onBeat?(beat: FeedBeat): void;
}

export interface FeedSubscription {
  /** Whether changes arrive as they are appended; false while the broker is away or the subscription is catching up. */
  readonly attached: boolean;
  /** The subscriber has got all changes up to this position; absent while the feed is empty. */
  readonly position?: Position;
  /** The newest position of the log, as of the last look at it. */
  readonly logHead?: Position;
  /** How often changes were read from the log because no message of the broker had brought them. */
  readonly repairs: number;
  close(): Promise<void>;
}

/**
 * The ordered log of all changes of all orders, for those who read it. Every change arrives in order and exactly once, or
 * there is an explicit gap. The log is a chain: from the log alone, a reader can tell whether it contains a position.
 */
export abstract class FeedReader {
  /**
   * The position of the newest change; undefined if the feed is empty.
   * @throws if the broker did not answer
   */
  abstract head(): Promise<Position | undefined>;

  /**
   * Reads at most `count` entries from a place on, together with the head, at the same moment. The case it exists for: many
   * clients need the same part of the log, or a reader does not know yet where it begins.
   * @throws if the broker did not answer
   */
  abstract readFrom(seq: number, count: number): Promise<Stretch>;

  /**
   * Reads at most `limit` changes after a position.
   * @throws if the broker did not answer
   */
  async read(after: Position, limit: number): Promise<FeedPage> {
    return pageAfter(after, await this.readFrom(after.seq, Math.max(limit, 1) + 1), limit);
  }

  /** Follows the feed from now on, through outages of the broker, until closed. */
  abstract subscribe(subscriber: FeedSubscriber): FeedSubscription;

  abstract close(): Promise<void>;
}

/**
 * The same log for its writers: a revision of an order is appended once, and only after the one before it, even if several
 * replicas offer it several times.
 */
export abstract class ChangeFeed extends FeedReader {
  /**
   * Offers changes of one or several orders, with the revisions of each order ascending.
   *
   * If the entries of the log do not follow from each other, or the log does not contain `witnessed`, its epoch ends before
   * the append. The case it exists for: Redis fails over to a replica that lacks the newest changes, and no process is left
   * that has seen them in the log. Without changes it only makes this check.
   * @param witnessed a position that was in the log, from a witness that does not forget
   * @throws if the broker did not answer; the changes may have been appended nevertheless, so offer them again
   */
  abstract append(changes: readonly Change[], witnessed?: Position): Promise<Appended>;

  /**
   * Tells the subscribers that a writer lives.
   * @throws if the broker did not answer
   */
  abstract beat(beat: FeedBeat): Promise<void>;

  /**
   * Ends the epoch: any revision is accepted again, and subscribers are told of a gap. Use it if the feed has lost changes
   * or the store has lost its orders.
   * @param epoch ends only this epoch, so that several replicas may call it without ending the next one too
   * @throws if the broker did not answer
   */
  abstract reset(epoch?: string): Promise<void>;
}
