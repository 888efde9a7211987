import { type HistoryEntry, type HistoryOrder, type ListKey, type Order, type OrderCounts } from '@galley/contracts';
import { type OrderFilter } from './lists/order-filter.js';
import { type OrderCommit } from './order-commit.js';

/** How many entries the history of an order keeps: the newest ones. */
export const HISTORY_LIMIT = 1_000;

export interface ListQuery extends OrderFilter {
  /** Only orders that come after this one in the list. */
  after?: ListKey;
  limit: number;
}

/** One page of a list. */
export interface ListedPage {
  orders: Order[];
  /** Where the list goes on; absent if it does not. */
  next?: ListKey;
}

export interface HistoryPage {
  order: HistoryOrder;
  /** Only entries that come after the entry with this revision, in that order. */
  after?: number;
  limit: number;
}

export interface StoredOrder {
  order: Order;
  /** The change feed is known to have all revisions up to this one. */
  publishedRevision: number;
}

/** Identifies repetitions of a request with an `Idempotency-Key`. */
export interface Idempotency {
  key: string;
  /** A hash of the request body. */
  fingerprint: string;
}

export interface PlacedOrder {
  /** The order at revision 1. */
  order: Order;
  idempotency: Idempotency;
}

export interface KeyedChange {
  /** The order right after the change. */
  order: Order;
  idempotency: Idempotency;
}

/** The oldest changes of one order that the change feed has not confirmed yet. */
export interface UnpublishedOrder {
  order: Pick<Order, 'orderId' | 'customerId' | 'dateIssued'>;
  /** At least one, oldest first, without a gap. */
  entries: HistoryEntry[];
  /** How many unpublished changes the order has after these. */
  left: number;
}

/** The change feed has all changes of an order up to this one. */
export interface PublishedMark {
  orderId: string;
  revision: number;
  /** When this change was committed, ISO 8601. All later ones were committed after that. */
  timestamp: string;
}

/** An order with unpublished changes. */
export interface OrderBacklog {
  orderId: string;
  /** When the oldest of them was committed, or earlier. It identifies this backlog, and says nothing about the clock of this machine. */
  since: Date;
}

/** An open order in `Delivery`. */
export interface OrderInDelivery {
  orderId: string;
  /** When it came there, or was opened again. Too early if an earlier version has moved the order away and back. */
  since: Date;
}

/**
 * Keeps orders, each with its history. A commit is atomic: the order and its history entry are stored together or not at
 * all. So a stored change can always be published, even if its writer crashes. Deleted orders are kept as tombstones. A
 * tombstone keeps the changes that are not published yet. It loses its content after a while, but it keeps the id taken
 * forever: a link or a key of an order must never open another one.
 *
 * What is stored is checked when it is read. What is no order is told in the log and left out, and disturbs no other order.
 *
 * Every method throws GalleyError `unavailable` if the store does not answer within 2 s. A commit may have been stored
 * nevertheless.
 */
export abstract class OrdersRepository {
  /** @returns false if an order or a tombstone has, or had, this id; then nothing is stored */
  abstract insert(commit: OrderCommit, idempotency?: Idempotency): Promise<boolean>;

  /**
   * Replaces the order if it is still at the revision before the commit, and its history has no change with this key.
   * @returns false if it is not or has one, or if it was deleted; then nothing is stored
   */
  abstract update(commit: OrderCommit, idempotency?: Idempotency): Promise<boolean>;

  abstract find(orderId: string): Promise<StoredOrder | undefined>;

  /** The order as it was placed, if that was with an `Idempotency-Key`. Finds tombstones that have their content, too. */
  abstract findPlaced(orderId: string): Promise<PlacedOrder | undefined>;

  /**
   * The change or the deletion of an order that was made with this key, if its history still has it. Finds those of tombstones
   * that have their content, too.
   */
  abstract findChange(orderId: string, key: string): Promise<KeyedChange | undefined>;

  /**
   * Newest first by `dateIssued`; ties by `orderId`, the greater first. A page that has examined 5,000 orders ends, even if it
   * has fewer orders than its limit, or none; then it says where the list goes on.
   */
  abstract list(query: ListQuery): Promise<ListedPage>;

  /** Counts the orders of a list by their status. It examines the newest 10,000 orders at most. */
  abstract count(filter: OrderFilter): Promise<OrderCounts>;

  /** One page of the newest 1,000 entries; undefined if there is no such order. */
  abstract history(orderId: string, page: HistoryPage): Promise<HistoryEntry[] | undefined>;

  /**
   * The oldest changes of these orders that are not marked as published, at most `perOrder` of each. Orders without any
   * are absent.
   */
  abstract unpublished(orderIds: readonly string[], perOrder: number): Promise<UnpublishedOrder[]>;

  /** Marks all changes up to `revision` as published. Never undoes a mark. */
  abstract markPublished(marks: readonly PublishedMark[]): Promise<void>;

  /** How many changes are unpublished of the `limit` orders that have waited longest. */
  abstract countUnpublished(limit: number): Promise<number>;

  /**
   * At most `limit` orders with unmarked changes, and how long they have had some. They are sorted by that time and then by
   * `orderId`, and come after `after` if it is given.
   */
  abstract findUnpublished(limit: number, after?: OrderBacklog): Promise<OrderBacklog[]>;

  /**
   * At most `limit` open orders that came to `Delivery` at this time or before. They are sorted by when they came and then by
   * `orderId`, and come after `after` if it is given.
   */
  abstract findInDelivery(cameBefore: Date, limit: number, after?: OrderInDelivery): Promise<OrderInDelivery[]>;

  /**
   * Removes the content of the tombstones of orders that were deleted before this time and are published. Their ids stay
   * taken.
   * @returns how many tombstones have lost their content
   */
  abstract purgeTombstones(deletedBefore: Date): Promise<number>;

  /** How many damaged documents were found since the start, as far as they are counted. */
  abstract readonly damagedDocuments: number;

  /** The time by the clock of the store, which all replicas share. The clock of this machine may be wrong. */
  abstract now(): Date;

  /** Resolves if the store answers. */
  abstract ping(): Promise<void>;
}
