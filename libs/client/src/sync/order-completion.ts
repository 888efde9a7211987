import { type Order } from '@galley/contracts';
import { backoff, type Clock, type Jitter } from './clock.js';
import { type OrderBook } from './order-book.js';

/** The time over which the clients that follow one order spread their requests for it. */
const SPREAD_MS = 1_000;

/**
 * An `{orderId}/update` does not contain the title and the quantity. This fetches them in the background: once for all
 * updates that arrive together, and again until the answer has the known revision.
 */
export class OrderCompletion {
  private cancel?: () => void;
  private fetching?: AbortController;
  private attempts = 0;

  constructor(
    private readonly book: OrderBook,
    private readonly fetchOrder: (signal: AbortSignal) => Promise<Order | undefined>,
    private readonly clock: Clock,
    private readonly jitter: Jitter,
    private readonly completed: () => void,
  ) {}

  /** Must be called whenever the orders or the connection have changed. */
  follow(live: boolean): void {
    if (!live || !this.book.hasIncomplete) this.stop();
    else if (!this.cancel && !this.fetching) this.schedule(this.jitter() * SPREAD_MS);
  }

  stop(): void {
    this.cancel?.();
    this.fetching?.abort();
    this.cancel = this.fetching = undefined;
    this.attempts = 0;
  }

  private schedule(delay: number): void {
    this.cancel = this.clock.after(delay, () => {
      this.cancel = undefined;
      void this.complete();
    });
  }

  private async complete(): Promise<void> {
    const { signal } = (this.fetching = new AbortController());
    const order = await this.fetchOrder(signal).catch(() => undefined);
    if (signal.aborted) return;
    this.fetching = undefined;
    if (order && this.book.complete(order)) this.completed();
    else this.schedule(backoff(++this.attempts, this.jitter));
  }
}
