import { type OrderBook } from './order-book.js';
import { type TrackerError } from './tracker-error.js';

interface Waiter {
  orderId: string;
  revision: number;
  /** Whether the snapshot under way must contain the order, unless it was deleted. */
  inSnapshot: boolean;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/** The callers that wait until the book has a revision. */
export class RevisionWaiters {
  readonly #book: OrderBook;
  readonly #waiters = new Set<Waiter>();
  /** Why no more changes will come; absent while they may. */
  #reason?: TrackerError;

  constructor(book: OrderBook) {
    this.#book = book;
  }

  /**
   * Resolves once the book has this revision of the order or a later one, or the order is gone.
   * @throws the reason of the signal if that is aborted; TrackerError if the tracker ends before
   */
  wait(orderId: string, revision: number, signal?: AbortSignal): Promise<void> {
    // Removes the listeners. As options of `addEventListener`, it is `{ signal }`.
    const ended = new AbortController();
    return new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { orderId, revision, inSnapshot: false, resolve, reject };
      const abort = () => {
        waiter.reject(signal?.reason);
      };
      if (this.#reason) reject(this.#reason);
      else if (signal?.aborted) abort();
      else if (this.#isSeen(waiter)) resolve();
      this.#waiters.add(waiter);
      ended.signal.addEventListener('abort', () => this.#waiters.delete(waiter));
      signal?.addEventListener('abort', abort, ended);
    }).finally(() => {
      ended.abort();
    });
  }

  /** Must be called when the orders have changed. */
  check(): void {
    for (const waiter of this.#waiters) if (this.#isSeen(waiter)) waiter.resolve();
  }

  snapshotBegins(): void {
    for (const waiter of this.#waiters) waiter.inSnapshot = true;
  }

  /**
   * Ends waits for orders that are not in the snapshot. If the wait began before the snapshot, the order was deleted, or does
   * not match the filter.
   */
  snapshotTaken(): void {
    for (const waiter of this.#waiters) {
      if (waiter.inSnapshot && !this.#book.get(waiter.orderId)) waiter.resolve();
    }
  }

  /** Rejects all waits, because no more changes will come. */
  end(reason: TrackerError): void {
    this.#reason = reason;
    for (const waiter of this.#waiters) waiter.reject(reason);
  }

  /** Accepts waits again, because changes may come again. */
  resume(): void {
    this.#reason = undefined;
  }

  #isSeen({ orderId, revision }: Waiter): boolean {
    return this.#book.hasReached(orderId, revision);
  }
}
