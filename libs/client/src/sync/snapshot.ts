import { type Order } from '@galley/contracts';
import { backoff, type Clock, type Jitter } from './clock.js';
import { TrackerError } from './tracker-error.js';
import { type FetchPage } from './transport.js';

export interface SnapshotParts {
  fetchPage: FetchPage;
  clock: Clock;
  jitter: Jitter;
}

/**
 * Reads all pages. A page that fails is requested again until it succeeds.
 * @param failed called with the first of several failures in a row
 * @returns undefined if it was aborted
 */
export async function readSnapshot(
  { fetchPage, clock, jitter }: SnapshotParts,
  signal: AbortSignal,
  failed: (error: TrackerError) => void,
): Promise<Order[] | undefined> {
  const abandoned = () => signal.aborted;
  const orders: Order[] = [];
  let cursor: string | undefined;
  let failures = 0;
  while (!abandoned()) {
    const page = await fetchPage(cursor, signal).catch((cause: unknown) => TrackerError.from(cause));
    if (abandoned()) break;
    if (page instanceof TrackerError) {
      if (++failures === 1) failed(page);
      await pause(clock, Math.max(backoff(failures, jitter), page.options.retryAfter ?? 0), signal);
      continue;
    }
    orders.push(...page.orders);
    cursor = page.nextCursor;
    failures = 0;
    if (cursor === undefined) return orders;
  }
  return undefined;
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
