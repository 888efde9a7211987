import { beforeAll, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openBoard, openUnready } from './board-page.js';
import { heapMb } from './heap.js';

const JOBS = 40;
const CHANGES = 2_000;
/** What a page may keep after so many changes, beside its orders: no more after twice as many. */
const GROWTH_MB = 1;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
  for (let i = 0; i < JOBS; i++) {
    await cluster.orders.place({
      orderId: `job-${i}`,
      title: `Job ${i}`,
      estimatedDate: i < 30 ? '2026-01-01' : '2126-01-01',
    });
  }
});

it('shows as many orders as there is room for, the late ones first, and counts the others', async () => {
  const { page } = await openBoard(cluster.url, { path: '/wall', size: { width: 1_920, height: 1_080 } });
  const column = page.locator('.wall-column').first();
  const shown = await column.locator('.wall-job:not(.no-room)').count();
  expect(shown).toBeGreaterThan(3);
  await column.getByText(`and ${JOBS - shown} more, ${30 - shown} late`).waitFor();
  for (const job of await column.locator('.wall-job:not(.no-room)').all()) await job.getByText('late').waitFor();
});

it('has its stages below each other on a screen that stands upright, in letters of the same size', async () => {
  const { page } = await openBoard(cluster.url, { path: '/wall', size: { width: 1_080, height: 1_920 } });
  const lefts = await page.evaluate<number[]>(
    `Array.from(document.querySelectorAll('.wall-column'), (column) => column.getBoundingClientRect().left)`,
  );
  expect(new Set(lefts).size).toBe(1);
  const sizePx = await page.evaluate<number>(
    `parseFloat(getComputedStyle(document.querySelector('.wall-job h3')).fontSize)`,
  );
  expect(sizePx).toBeGreaterThan(28);
  const { scrollWidth, clientWidth } = await page.evaluate<{ scrollWidth: number; clientWidth: number }>(
    `(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.querySelector('.wall-bar'))`,
  );
  expect(scrollWidth).toBe(clientWidth);
});

it('keeps the screen awake, again after it was hidden', async () => {
  const { page } = await openUnready(`${cluster.url}/icon.svg`, { path: '' });
  await page.addInitScript(`(() => {
    window.locks = [];
    const request = navigator.wakeLock.request.bind(navigator.wakeLock);
    navigator.wakeLock.request = async (type) => {
      window.locks.push(type);
      return request(type);
    };
  })()`);
  await page.goto(`${cluster.url}/wall`);
  const count = () => page.evaluate<number>('window.locks.length');
  await waitFor(async () => (await count()) > 0, 'the lock');
  const before = await count();
  await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
  expect(await count()).toBe(before + 1);
});

it('needs no more memory after a night of changes', async () => {
  const { page } = await openBoard(cluster.url, { path: '/wall' });
  const changeAll = async () => {
    for (let i = 0; i < CHANGES; i += JOBS) {
      await Promise.all(
        Array.from({ length: JOBS }, (_, job) => cluster.orders.change(`job-${job}`, { quantity: i + job + 1 })),
      );
    }
    await page.locator('.wall-job').first().waitFor();
    return heapMb(page);
  };
  const first = await changeAll();
  expect((await changeAll()) - first).toBeLessThan(GROWTH_MB);
}, 300_000);
