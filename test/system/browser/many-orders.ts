import { waitFor, type OrdersClient } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { bundle } from './bundle.js';
import { openPage, show } from './chromium.js';
import { type HooksPage } from './hooks-page.js';
import { hooksPageOf } from './hooks-page-of.js';

export interface Load {
  orders: number;
  changesPerSecond: number;
  seconds: number;
}

export interface LoadResult {
  changes: number;
  /** Rows that were rendered, for each change. */
  rowsPerChange: number;
  /** The longest task of the page while orders changed, in milliseconds; undefined if none took 50 ms. */
  longestTaskMs?: number;
  /** From the last change until its row was rendered, in milliseconds. */
  lastShownAfterMs: number;
}

const PLACED_AT_ONCE = 50;

/** Shows orders in Chromium, a row each, and changes them at a fixed rate, each change another order. */
export async function measureManyOrders(load: Load): Promise<LoadResult> {
  const { orders: count } = load;
  const { url, orders } = await startCluster();
  await placeMany(orders, count);
  const page = await openPage();
  await show(page, url, await bundle('test/system/browser/pages/hooks.tsx'));
  const hooksPage = await hooksPageOf(page);
  await waitFor(() => hooksPage.evaluate(({ rendered }, count) => rendered.length >= count, count), 'all rows', 60_000);
  await page.getByRole('status').getByText('live', { exact: true }).waitFor();
  await hooksPage.evaluate((page) => {
    page.rendered.length = page.longTasksMs.length = 0;
  });

  const changes = await changeAtRate(orders, load, (i) => ({ quantity: 1_000 + i }));
  const answeredAt = performance.now();
  await waitFor(() => hooksPage.evaluate(({ rendered }, n) => rendered.length >= n, changes), 'all changes', 60_000);
  const lastShownAfterMs = performance.now() - answeredAt;
  const { rendered, longTasksMs } = (await hooksPage.jsonValue()) as Pick<HooksPage, 'rendered' | 'longTasksMs'>;
  const longestTaskMs = longTasksMs.length > 0 ? Math.max(...longTasksMs) : undefined;
  return { changes, rowsPerChange: rendered.length / changes, longestTaskMs, lastShownAfterMs };
}

/** Places orders with the ids `job-0` and on. */
export async function placeMany(orders: OrdersClient, count: number): Promise<void> {
  for (let placed = 0; placed < count; placed += PLACED_AT_ONCE) {
    const ids = Array.from({ length: Math.min(PLACED_AT_ONCE, count - placed) }, (_, i) => `job-${placed + i}`);
    await Promise.all(ids.map((orderId) => orders.place({ orderId })));
  }
}

/**
 * Changes orders at a fixed rate, each time another one, until all changes are answered.
 * @param changeOf what the change of this number is
 * @returns how many there were
 */
export async function changeAtRate(
  orders: OrdersClient,
  { orders: count, changesPerSecond, seconds }: Load,
  changeOf: (i: number) => object,
): Promise<number> {
  const changes = changesPerSecond * seconds;
  const startedAt = performance.now();
  const answers: Promise<unknown>[] = [];
  for (let i = 0; i < changes; i++) {
    const waitMs = startedAt + (i * 1_000) / changesPerSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    // Steps of a prime number, so that the changes are all over the list.
    answers.push(orders.change(`job-${(i * 7_919) % count}`, changeOf(i)));
  }
  await Promise.all(answers);
  return changes;
}
