import { expect, it } from '@jest/globals';
import { own, Stopwatch, waitFor } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { bundle } from './bundle.js';
import { openPage, show } from './chromium.js';
import { hooksPageOf } from './hooks-page-of.js';

const AWAY_MS = 60_000;
const WANTED_MS = 1_000;

it('is live again within a second after the network was away for a minute', async () => {
  const { url, orders } = await startCluster();
  const proxy = await FaultProxy.start(url);
  own(() => proxy.close());
  await orders.place({ orderId: 'job-1' });
  const page = await openPage();
  const pageUrl = new URL(proxy.url).origin;
  await show(page, pageUrl, await bundle('test/system/browser/pages/hooks.tsx'));
  const status = (text: string) => page.getByRole('status').getByText(text, { exact: true });
  await status('live').waitFor();

  for (const direction of ['toServer', 'toClient'] as const) proxy.blackHole(direction);
  await page.context().setOffline(true);
  await orders.change('job-1', { status: 'Packaging' });
  await status('offline').waitFor({ timeout: AWAY_MS });
  // How long the network is away is what this is about.
  await page.waitForTimeout(AWAY_MS);

  const watch = new Stopwatch();
  proxy.heal();
  await page.context().setOffline(false);
  const hooksPage = await hooksPageOf(page);
  const liveAfterMs = await waitFor(() => hooksPage.evaluate((page) => page.liveAfterReturnMs), 'the page to be live');
  expect(liveAfterMs - watch.lostMs).toBeLessThan(WANTED_MS);
  expect(await page.locator('ul').innerText()).toContain('job-1:Packaging');
}, 180_000);
