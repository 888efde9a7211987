import { type Position } from '@galley/contracts';
import { type Change, type PublishedChange } from './change.js';

export type AppendOutcome =
  | { outcome: 'appended'; position: Position }
  /** The feed has this revision already; it was not published again. */
  | { outcome: 'duplicate' }
  /** An earlier revision is missing in this epoch: append from `expected` on, or `reset` where the feed has lost it. */
  | { outcome: 'gap'; expected: number; epoch: string };

export interface FeedGap {
  /** The broker lost its data, or the missing changes are older than what it keeps. */
  reason: 'new-epoch' | 'trimmed';
  /** After which change the subscription goes on; absent where the feed is empty. */
  now?: Position;
}

export interface FeedSubscriber {
  /** Once, before anything else: changes after this position are delivered; absent where the feed is empty. */
  onStart?(position?: Position): void;
  /** The next change. Must not throw. */
  onChange(change: PublishedChange): void;
  /** Continuity ended: changes are missing, and no read of the feed will bring them back. Must not throw. */
  onGap(gap: FeedGap): void;
}

export interface FeedSubscription {
  /** Whether changes arrive as they are appended; false while the broker is away or a range is being caught up. */
  readonly attached: boolean;
  /** Up to where the subscriber has been told everything; absent while the feed is empty. */
  readonly position?: Position;
  close(): Promise<void>;
}

export interface FeedPage {
  /** The position of the newest change; absent where none was ever appended. */
  head?: Position;
  /** Oldest first. */
  changes: PublishedChange[];
}

/**
 * The ordered log of all changes of all orders.
 *
 * To a writer: a revision of an order is appended once, and only after the one before it, however often and by however
 * many replicas it is offered. To a subscriber: every change, in order, exactly once, or an explicit gap.
 */
export abstract class ChangeFeed {
  /**
   * Offers changes, of one order or of several, the revisions of each order ascending.
   * @returns the outcome of each, in the same order.
   * @throws where the broker did not answer. The changes may have been appended nevertheless: offer them again.
   */
  abstract append(changes: readonly Change[]): Promise<AppendOutcome[]>;

  /** Follows the feed from now on, through outages of the broker, until closed. */
  abstract subscribe(subscriber: FeedSubscriber): FeedSubscription;

  /**
   * Reads at most `limit` changes that come after `seq`, from the oldest that is left.
   * @throws where the broker did not answer.
   */
  abstract read(after: number, limit: number): Promise<FeedPage>;

  /**
   * Ends the epoch, so that any revision is taken again and subscribers learn of a gap: for a feed that has lost
   * changes, or for a store that has lost its orders.
   * @param epoch where given, ends this one only, so that several replicas may say it and another is not ended too
   * @throws where the broker did not answer.
   */
  abstract reset(epoch?: string): Promise<void>;

  abstract close(): Promise<void>;
}
