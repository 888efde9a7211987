import { EMBEDDED_REDIS } from '@galley/local/local.config';
import { ORDER_STATUSES, type Order } from '@galley/contracts';
import { waitFor, type OrdersClient } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { openBoard } from './board-page.js';
import { heapMb } from './heap.js';
import { changeAtRate, placeMany, type Load } from './many-orders.js';

export interface BoardUnderLoad {
  changes: number;
  /** How many changes a second were answered. */
  answeredPerSecond: number;
  /** Tasks of the page of more than 50 ms, and of more than 100 ms, while orders changed. */
  tasksOver50Ms: number;
  tasksOver100Ms: number;
  longestTaskMs: number;
  /** Cumulative layout shift: how far things have jumped without anybody's doing. https://web.dev/articles/cls */
  layoutShift: number;
  /** What the page's scripts keep in memory, before and after the changes, in MB. */
  heapBeforeMb: number;
  heapAfterMb: number;
  /** How many lines of the list, from its first to its last, show what is stored. */
  rowsEqual: number;
}

/** Run in the page: notes its long tasks and what has moved by itself. */
const WATCH = `(() => {
  const seen = { tasksMs: [], layoutShift: 0 };
  let [sum, first, last] = [0, 0, 0];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.tasksMs.push(duration);
  }).observe({ type: 'longtask' });
  new PerformanceObserver((list) => {
    for (const { value, startTime, hadRecentInput } of list.getEntries()) {
      if (hadRecentInput) continue;
      const isNext = startTime - last < 1_000 && startTime - first < 5_000;
      [sum, first, last] = isNext ? [sum + value, first, startTime] : [value, startTime, startTime];
      seen.layoutShift = Math.max(seen.layoutShift, sum);
    }
  }).observe({ type: 'layout-shift' });
  return seen;
})()`;

/** Milliseconds until the list must show what is stored, from its first line to its last. */
const WALKS_MS = 180_000;

/** Run in the page: goes down the list and notes what its lines say, in their order. */
const WALK = `(async () => {
  const list = document.querySelector('main.list');
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const rows = new Map();
  list.scrollTop = 0;
  for (;;) {
    await frame();
    await frame();
    for (const item of list.querySelectorAll('li')) {
      const row = item.querySelector('[data-order]');
      const [stage, quantity] = [row.querySelector('.stage'), row.querySelector('.n')];
      const name = stage.lastElementChild.textContent;
      rows.set(Number(item.dataset.index), [row.dataset.order, name, quantity.textContent.replaceAll(',', '')].join());
    }
    const before = list.scrollTop;
    list.scrollTop += list.clientHeight;
    if (list.scrollTop === before) break;
  }
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
})()`;

/**
 * Shows orders on the board in Chromium while they move and change at a fixed rate.
 * @param view which view of the board is open meanwhile
 */
export async function measureBoard(load: Load, view: 'columns' | 'list'): Promise<BoardUnderLoad> {
  const { url, orders } = await startCluster({ settings: EMBEDDED_REDIS });
  await placeMany(orders, load.orders);
  const { page } = await openBoard(url, { path: view === 'list' ? '/?view=list' : '/' });
  await page.locator('.chip', { hasText: `All ${load.orders.toLocaleString('en-GB')}` }).waitFor();
  const heapBeforeMb = await heapMb(page);
  const watched = await page.evaluateHandle<{ tasksMs: number[]; layoutShift: number }>(WATCH);
  const startedAt = performance.now();
  const changes = await changeAtRate(orders, load, (i) => ({ quantity: 1_000 + i, status: ORDER_STATUSES[i % 5] }));
  const answeredPerSecond = (changes * 1_000) / (performance.now() - startedAt);
  await page.evaluate(`new Promise((resolve) => requestIdleCallback(resolve))`);
  const { tasksMs, layoutShift } = await watched.jsonValue();
  const heapAfterMb = await heapMb(page);
  await page.getByRole('button', { name: 'List' }).click();
  await page.locator('main.list').waitFor();
  const stored = (await allOf(orders)).map(({ orderId, status, quantity }) => [orderId, status, quantity].join());
  let rowsEqual = 0;
  await waitFor(
    async () => {
      const rows = await page.evaluate<string[]>(WALK);
      rowsEqual = rows.filter((row, index) => row === stored[index]).length;
      return rowsEqual === stored.length && rows.length === stored.length;
    },
    'all lines to show what is stored',
    WALKS_MS,
  ).catch(() => undefined);
  return {
    changes,
    answeredPerSecond,
    tasksOver50Ms: tasksMs.length,
    tasksOver100Ms: tasksMs.filter((ms) => ms > 100).length,
    longestTaskMs: Math.max(0, ...tasksMs),
    layoutShift,
    heapBeforeMb,
    heapAfterMb,
    rowsEqual,
  };
}

/** All open orders, newest first. */
async function allOf(orders: OrdersClient): Promise<Order[]> {
  const all: Order[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await orders.list({ open: 'true', limit: 200, ...(cursor !== undefined && { cursor }) });
    all.push(...body.orders);
    cursor = body.nextCursor;
  } while (cursor !== undefined);
  return all;
}
