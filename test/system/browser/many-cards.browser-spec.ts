import { beforeAll, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openBoard } from './board-page.js';

const ORDERS = 1_000;
const CHANGES = 150;
const STATUSES = ['In Production', 'In Printing', 'In Binding', 'Packaging', 'Delivery'] as const;
/** Beyond the end of everything. */
const FAR_PX = 1_000_000;
/** A shift that nobody sees: of the digits of a number. */
const UNSEEN_SHIFT = 0.005;

/** Run in the page: measures how far things have moved without anybody's doing, as browsers measure it. */
const MEASURE_SHIFTS = `(() => {
  const shifts = { sum: 0 };
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) shifts.sum += value;
  }).observe({ type: 'layout-shift' });
  return shifts;
})()`;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
  for (let i = 0; i < ORDERS; i += 50) {
    const ids = Array.from({ length: 50 }, (_, k) => i + k);
    await Promise.all(
      ids.map((n) => cluster.orders.place({ orderId: `job-${n}`, title: `Job ${n}`, status: STATUSES[n % 5] })),
    );
  }
});

async function changeMany(): Promise<void> {
  const change = (n: number) =>
    cluster.orders.change(`job-${(n * 7) % ORDERS}`, { status: STATUSES[(n * 3) % 5], quantity: 1_000 + n });
  for (let n = 0; n < CHANGES; n += 10) await Promise.all(Array.from({ length: 10 }, (_, k) => change(n + k)));
}

it('has only the rows of a list in the page that are in sight, and none of them moves while orders change', async () => {
  const { page, problems } = await openBoard(cluster.url, { path: '/?view=list' });
  const rows = page.locator('[data-order]');
  await rows.first().waitFor();
  expect(await rows.count()).toBeLessThan(60);
  const shifts = await page.evaluateHandle<{ sum: number }>(MEASURE_SHIFTS);
  await changeMany();
  await page.keyboard.press('Tab');
  expect((await shifts.jsonValue()).sum).toBeLessThan(UNSEEN_SHIFT);
  await rows.first().hover();
  await page.mouse.wheel(0, FAR_PX);
  await page.locator(`[data-index="${ORDERS - 1}"]`).waitFor();
  expect(await rows.count()).toBeLessThan(60);
  expect(problems).toEqual([]);
});

it('shows in columns what is stored, after many changes', async () => {
  const { page, column, problems } = await openBoard(cluster.url);
  await changeMany();
  const { counts } = (await cluster.orders.send<{ counts: Record<string, number> }>('GET', '/counts?open=true')).body;
  for (const status of STATUSES) {
    const count = column(status).locator('.count');
    await waitFor(
      async () => Number((await count.innerText()).replaceAll(',', '')) === counts[status],
      `the count of ${status}`,
    );
  }
  // A column has more cards once its end comes into sight.
  const cards = page.locator('[data-column="Delivery"] [data-order]');
  const before = await cards.count();
  expect(before).toBeLessThan(60);
  await cards.first().hover();
  await page.mouse.wheel(0, FAR_PX);
  await waitFor(async () => (await cards.count()) > before, 'more cards');
  expect(problems).toEqual([]);
});

it('plays a day of orders, until it is stopped', async () => {
  const { url, orders } = await startCluster({ demoDay: true });
  const { page, problems } = await openBoard(url);
  await page.getByRole('button', { name: 'Play a day' }).click();
  const count = async () => (await orders.list()).body.orders.length;
  await waitFor(async () => (await count()) >= 3, 'some orders');
  await page.getByRole('button', { name: 'Stop the day' }).click();
  await waitFor(
    async () => (await page.locator('[data-order].is-pending').count()) === 0,
    'the last edit to be stored',
  );
  const stopped = await count();
  await orders.announce('anything later');
  expect(await count()).toBe(stopped);
  expect(problems).toEqual([]);
  const { page: real } = await openBoard(cluster.url);
  expect(await real.getByRole('button', { name: 'Play a day' }).count()).toBe(0);
});
