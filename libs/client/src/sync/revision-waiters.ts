import { type OrderBook } from './order-book.js';
import { type TrackerError } from './tracker-error.js';

interface Waiter {
  orderId: string;
  revision: number;
  /** Whether the snapshot under way must have the order, if there still is one. */
  inSnapshot: boolean;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/** Who waits until the book has a revision. */
export class RevisionWaiters {
  private readonly waiters = new Set<Waiter>();
  /** Why nothing more will be seen. */
  private reason?: TrackerError;

  constructor(private readonly book: OrderBook) {}

  /**
   * Resolves once the book has this revision of the order or a later one, or the order is gone.
   * @throws what the signal was aborted with; TrackerError where the tracker ends before
   */
  wait(orderId: string, revision: number, signal?: AbortSignal): Promise<void> {
    const { promise, settle } = this.enlist(orderId, revision);
    if (this.reason) settle.reject(this.reason);
    else if (signal?.aborted) settle.reject(signal.reason);
    else if (this.isSeen(settle)) settle.resolve();
    const abort = () => {
      settle.reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort);
    return promise.finally(() => signal?.removeEventListener('abort', abort));
  }

  /** The orders have changed. */
  check(): void {
    for (const waiter of this.waiters) if (this.isSeen(waiter)) waiter.resolve();
  }

  snapshotBegins(): void {
    for (const waiter of this.waiters) waiter.inSnapshot = true;
  }

  /** What was asked for before the snapshot began, and is not in it, was deleted. */
  snapshotTaken(): void {
    for (const waiter of this.waiters) {
      if (waiter.inSnapshot && !this.book.get(waiter.orderId)) waiter.resolve();
    }
  }

  /** Nothing more will be seen. */
  end(reason: TrackerError): void {
    this.reason = reason;
    for (const waiter of this.waiters) waiter.reject(reason);
  }

  /** More may be seen after all. */
  resume(): void {
    this.reason = undefined;
  }

  private isSeen({ orderId, revision }: Waiter): boolean {
    const order = this.book.get(orderId);
    return order ? order.revision >= revision : this.book.isDeleted(orderId);
  }

  private enlist(orderId: string, revision: number): { promise: Promise<void>; settle: Waiter } {
    const settle: Waiter = { orderId, revision, inSnapshot: false, resolve: () => undefined, reject: () => undefined };
    const promise = new Promise<void>((resolve, reject) => {
      settle.resolve = resolve;
      settle.reject = reject;
    }).finally(() => this.waiters.delete(settle));
    this.waiters.add(settle);
    return { promise, settle };
  }
}
