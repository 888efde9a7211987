import { type Position } from '@galley/contracts';
import { type Change, type PublishedChange } from './change.js';

export type AppendOutcome =
  | { outcome: 'appended'; position: Position }
  /** The feed already has this revision. It was not published again. */
  | { outcome: 'duplicate' }
  /** An earlier revision is missing in this epoch. Append from `expected` on, or `reset` if the feed has lost it. */
  | { outcome: 'gap'; expected: number; epoch: string };

export interface FeedGap {
  /** The broker lost its data, or the missing changes are older than its history. */
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
}

export interface FeedSubscription {
  /** Whether changes arrive as they are appended; false while the broker is away or the subscription is catching up. */
  readonly attached: boolean;
  /** The subscriber has got all changes up to this position; absent while the feed is empty. */
  readonly position?: Position;
  close(): Promise<void>;
}

export interface FeedPage {
  /** The position of the newest change; absent if none was ever appended. */
  head?: Position;
  /** Oldest first. */
  changes: PublishedChange[];
}

/**
 * The ordered log of all changes of all orders.
 *
 * For writers: a revision of an order is appended once, and only after the one before it, even if several replicas offer
 * it several times. For subscribers: every change arrives in order and exactly once, or there is an explicit gap.
 */
export abstract class ChangeFeed {
  /**
   * Offers changes of one or several orders, with the revisions of each order ascending.
   * @returns the outcome of each, in the same order
   * @throws if the broker did not answer; the changes may have been appended nevertheless, so offer them again
   */
  abstract append(changes: readonly Change[]): Promise<AppendOutcome[]>;

  /** Follows the feed from now on, through outages of the broker, until closed. */
  abstract subscribe(subscriber: FeedSubscriber): FeedSubscription;

  /**
   * Reads at most `limit` changes after `seq`, or from the oldest that is left.
   * @throws if the broker did not answer
   */
  abstract read(after: number, limit: number): Promise<FeedPage>;

  /**
   * Ends the epoch: any revision is accepted again, and subscribers are told of a gap. Use it if the feed has lost changes
   * or the store has lost its orders.
   * @param epoch ends only this epoch, so that several replicas may call it without ending the next one too
   * @throws if the broker did not answer
   */
  abstract reset(epoch?: string): Promise<void>;

  abstract close(): Promise<void>;
}
