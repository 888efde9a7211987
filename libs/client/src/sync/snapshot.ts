import { type Order } from '@galley/contracts';
import { type Clock } from './clock.js';
import { type Retries } from './retries.js';
import { TrackerError } from './tracker-error.js';
import { type FetchPage } from './transport.js';

export interface RequestOutcomes {
  /** Called for each request that has failed. */
  failed: (error: TrackerError) => void;
  /** Called for each request that was answered. */
  answered: () => void;
}

interface SnapshotOutcomes extends RequestOutcomes {
  /** Called for each page but the last. */
  pageRead: (orders: readonly Order[]) => void;
}

/**
 * Reads all pages. A page that fails is requested again until it succeeds, unless the failure is permanent.
 * @returns undefined if it was aborted, or a failure is permanent
 */
export async function readSnapshot(
  fetchPage: FetchPage,
  retries: Retries,
  signal: AbortSignal,
  { failed, answered, pageRead }: SnapshotOutcomes,
): Promise<Order[] | undefined> {
  const abandoned = () => signal.aborted;
  const orders: Order[] = [];
  let cursor: string | undefined;
  while (!abandoned()) {
    const page = await fetchPage(cursor, signal).catch((cause: unknown) => TrackerError.from(cause));
    if (abandoned()) break;
    if (page instanceof TrackerError) {
      failed(page);
      if (page.permanent) break;
      await untilRetry(retries, page.options.retryAfterMs, signal);
      continue;
    }
    answered();
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
