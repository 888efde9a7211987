import { type HistoryEntry, type Order, type OrderStatus } from '@galley/contracts';
import { type OrderCommit } from './order-commit.js';

/** Entries that an order's history keeps: the newest. */
export const HISTORY_LIMIT = 1_000;

export interface OrderFilter {
  status?: OrderStatus;
  customerId?: string;
  /** Only what comes after this order in the list. */
  after?: { dateIssued: string; orderId: string };
  limit: number;
}

export interface StoredOrder {
  order: Order;
  /** Up to which revision the change feed is known to have it. */
  publishedRevision: number;
}

/** What a POST with an `Idempotency-Key` leaves behind, to know its repetitions by. */
export interface Idempotency {
  key: string;
  /** Of the request body. */
  fingerprint: string;
}

/** What the change feed has not confirmed yet of one order. */
export interface UnpublishedOrder {
  order: Pick<Order, 'orderId' | 'customerId' | 'dateIssued'>;
  /** Oldest first, without a hole. */
  entries: HistoryEntry[];
}

/**
 * Keeps orders, each with its history. A commit is atomic: the order and the entry that records it are stored together
 * or not at all, so that a stored change can always be published, however its writer ends. Deleted orders are kept as
 * tombstones for a while, which hold their id and what is not published yet.
 *
 * Every method throws GalleyError `unavailable` where the store does not answer within 2 s; a commit may have been
 * stored nevertheless.
 */
export abstract class OrdersRepository {
  /** @returns false where the order id is taken, by a tombstone too; then nothing is stored. */
  abstract insert(commit: OrderCommit, idempotency?: Idempotency): Promise<boolean>;

  /**
   * Replaces the order if it is still at the revision before the commit's.
   * @returns false where it is not, or is gone; then nothing is stored.
   */
  abstract update(commit: OrderCommit): Promise<boolean>;

  abstract find(orderId: string): Promise<StoredOrder | undefined>;

  /** How an order came to be, whatever has become of it: what its first POST answered, as far as history reaches. */
  abstract findPlaced(orderId: string): Promise<{ order: Order; idempotency?: Idempotency } | undefined>;

  /** Newest first by `dateIssued`; ties by `orderId`, the greater first. */
  abstract list(filter: OrderFilter): Promise<Order[]>;

  /** Oldest first, the newest 1,000. */
  abstract history(orderId: string): Promise<HistoryEntry[] | undefined>;

  /** What of these orders is not marked as published; orders with nothing left are absent. */
  abstract unpublished(orderIds: readonly string[]): Promise<UnpublishedOrder[]>;

  /** Marks everything up to `revision` as published. Never takes a mark back. */
  abstract markPublished(marks: readonly { orderId: string; revision: number }[]): Promise<void>;

  /** The ids of at most `limit` orders with a change that was committed before `before` and is not marked since. */
  abstract findUnpublished(before: Date, limit: number): Promise<string[]>;

  /**
   * Forgets the tombstones of orders that were deleted before then and are published.
   * @returns how many
   */
  abstract purgeTombstones(deletedBefore: Date): Promise<number>;

  /** Resolves where the store answers. */
  abstract ping(): Promise<void>;
}
