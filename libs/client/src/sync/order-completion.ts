import { type Order } from '@galley/contracts';
import { type Clock, type Jitter } from './clock.js';
import { type OrderBook } from './order-book.js';
import { Retries } from './retries.js';
import { type RequestOutcomes } from './snapshot.js';
import { TrackerError } from './tracker-error.js';

/** The time over which the clients that follow one order spread their requests for it. */
const SPREAD_MS = 1_000;

export interface CompletionParts {
  book: OrderBook;
  fetchOrder: (signal: AbortSignal) => Promise<Order | undefined>;
  clock: Clock;
  jitter: Jitter;
  /** Called when the order has been completed. */
  completed: () => void;
  outcomes: RequestOutcomes;
}

/**
 * An `{orderId}/update` does not contain the title, the quantity and the rush. This fetches them in the background: once for all
 * updates that arrive together, and again until the answer has the known revision.
 */
export class OrderCompletion {
  readonly #parts: CompletionParts;
  #cancelStart?: () => void;
  #fetching?: AbortController;
  readonly #retries: Retries;

  constructor(parts: CompletionParts) {
    this.#parts = parts;
    this.#retries = new Retries(parts.clock, parts.jitter);
  }

  /** Must be called whenever the orders or the connection have changed. */
  follow(live: boolean): void {
    if (!live || !this.#parts.book.hasIncomplete) this.stop();
    else if (!this.#cancelStart && !this.#fetching && !this.#retries.isWaiting) this.#start();
  }

  /** Must be called when the network is back or the page is shown again. */
  wake(): void {
    this.#retries.wake();
  }

  stop(): void {
    this.#cancelStart?.();
    this.#retries.cancel();
    this.#retries.succeeded();
    this.#fetching?.abort();
    this.#cancelStart = this.#fetching = undefined;
  }

  #start(): void {
    const { clock, jitter } = this.#parts;
    this.#cancelStart = clock.after(jitter() * SPREAD_MS, () => {
      this.#cancelStart = undefined;
      void this.#complete();
    });
  }

  async #complete(): Promise<void> {
    const { book, fetchOrder, completed, outcomes } = this.#parts;
    const { signal } = (this.#fetching = new AbortController());
    const order = await fetchOrder(signal).catch((cause: unknown) => TrackerError.from(cause));
    if (signal.aborted) return;
    this.#fetching = undefined;
    if (order instanceof TrackerError) {
      this.#scheduleRetry(order.options.retryAfterMs);
      // If it is permanent, the tracker ends its connection, and so this too.
      outcomes.requestFailed(order);
      return;
    }
    outcomes.requestAnswered();
    if (order && book.complete(order)) completed();
    else this.#scheduleRetry();
  }

  #scheduleRetry(retryAfterMs?: number): void {
    this.#retries.schedule(() => void this.#complete(), retryAfterMs);
  }
}
