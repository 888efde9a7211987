import { type Order } from '@galley/contracts';
import { type Retries } from './retries.js';
import { TrackerError } from './tracker-error.js';
import { type FetchPage } from './transport.js';

/** Must be told how the requests for orders end. */
export interface RequestOutcomes {
  requestFailed(error: TrackerError): void;
  requestAnswered(): void;
}

/**
 * Reads all pages. A page that fails is requested again until it succeeds, unless the failure is permanent.
 * @param pageRead called with each page but the last
 * @returns undefined if it was aborted, or a failure is permanent
 */
export async function readSnapshot(
  fetchPage: FetchPage,
  retries: Retries,
  signal: AbortSignal,
  outcomes: RequestOutcomes,
  pageRead: (orders: readonly Order[]) => void,
): Promise<Order[] | undefined> {
  const abandoned = () => signal.aborted;
  const orders: Order[] = [];
  let cursor: string | undefined;
  while (!abandoned()) {
    const page = await fetchPage(cursor, signal).catch((cause: unknown) => TrackerError.from(cause));
    if (abandoned()) break;
    if (page instanceof TrackerError) {
      outcomes.requestFailed(page);
      if (page.permanent) break;
      await until(signal, (done) => {
        retries.schedule(done, page.options.retryAfterMs);
        return retries.cancel;
      });
      continue;
    }
    outcomes.requestAnswered();
    retries.succeeded();
    orders.push(...page.orders);
    cursor = page.nextCursor;
    if (cursor === undefined) return orders;
    pageRead(page.orders);
  }
  return undefined;
}

/**
 * Resolves when `schedule` calls its argument, or as soon as the signal is aborted.
 * @param schedule returns a function that cancels the call
 */
export function until(signal: AbortSignal, schedule: (done: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    const cancel = schedule(() => {
      signal.removeEventListener('abort', abandon);
      resolve();
    });
    const abandon = () => {
      cancel();
      resolve();
    };
    signal.addEventListener('abort', abandon);
  });
}
