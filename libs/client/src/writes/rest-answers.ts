import { type Order } from '@galley/contracts';
import { type OrderBook } from '../sync/order-book.js';

interface Answer {
  revision: number;
  /** Absent if the order was deleted. */
  order?: Order;
  /** Whether the snapshot under way has what the answer tells. */
  inSnapshot: boolean;
}

export interface NewAnswer {
  orderId: string;
  revision: number;
  order?: Order;
  snapshotsBefore: number;
}

/**
 * What the orders API has answered to edits, and the feed has not told yet: the connection may be away, or slower than the
 * answer. An answer is kept until the book has its revision.
 */
export class RestAnswers {
  readonly #answers = new Map<string, Answer>();
  /** How many snapshots have begun, and which of them was completed last. */
  snapshotsBegun = 0;
  #lastTaken = 0;

  get orderIds(): Iterable<string> {
    return this.#answers.keys();
  }

  /** The order as the newest answer has it, or that it is deleted; undefined if the book has something as new. */
  get(orderId: string): { order?: Order } | undefined {
    return this.#answers.get(orderId);
  }

  /**
   * Adds an answer. It may tell what was true when the edit was sent for the first time. A snapshot that began later may be
   * newer: if the order is not in it, it was deleted since, or does not match, or the feed tells of it next.
   * @param order absent if the order was deleted with this revision, or a later one
   * @param snapshotsBefore how many snapshots had begun when the edit was sent for the first time
   */
  add(book: OrderBook, { orderId, revision, order, snapshotsBefore }: NewAnswer): void {
    if ((this.#answers.get(orderId)?.revision ?? 0) >= revision) return;
    if (snapshotsBefore < this.#lastTaken && !book.get(orderId)) return;
    const isUnderWay = this.snapshotsBegun > this.#lastTaken;
    const inSnapshot = isUnderWay && snapshotsBefore < this.snapshotsBegun;
    this.#answers.set(orderId, { revision, ...(order && { order }), inSnapshot });
  }

  /** Must be called when the book or the answers have changed. */
  compareWith(book: OrderBook): void {
    for (const [orderId, { revision, order }] of this.#answers) {
      if (!book.confirms(orderId, revision)) continue;
      // The book may have an update of that revision without the whole order.
      if (order && book.hasIncomplete) book.complete(order);
      this.#answers.delete(orderId);
    }
  }

  snapshotBegins(): void {
    this.snapshotsBegun++;
    for (const answer of this.#answers.values()) answer.inSnapshot = true;
  }

  /** Drops what the snapshot has, in this revision or a later one. It may have been read before an edit that was sent again. */
  snapshotTaken(book: OrderBook): void {
    this.#lastTaken = this.snapshotsBegun;
    for (const [orderId, { inSnapshot, revision }] of this.#answers) {
      const isBefore = (book.get(orderId)?.revision ?? revision) < revision;
      if (inSnapshot && !isBefore) this.#answers.delete(orderId);
    }
  }
}
