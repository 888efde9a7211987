import { type Order } from '@galley/contracts';
import { type Clock } from './clock.js';
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
      await untilRetry(retries, page.options.retryAfterMs, signal);
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

/** Resolves when it is time for the next attempt, or as soon as the signal is aborted. */
function untilRetry(retries: Retries, retryAfterMs: number | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const abandon = () => {
      retries.cancel();
      resolve();
    };
    signal.addEventListener('abort', abandon, { once: true });
    retries.schedule(() => {
      signal.removeEventListener('abort', abandon);
      resolve();
    }, retryAfterMs);
  });
}

/** Resolves after `delay` milliseconds, or as soon as the signal is aborted. */
export function pause(clock: Clock, delay: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(delay, () => {
      signal.removeEventListener('abort', abandon);
      resolve();
    });
    const abandon = () => {
      cancel();
      resolve();
    };
    signal.addEventListener('abort', abandon, { once: true });
  });
}
