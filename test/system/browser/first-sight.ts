import { type TrackingLink } from '@galley/contracts';
import { waitFor } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { openPage } from './chromium.js';
import { placeMany } from './many-orders.js';
import { firstPaintOf, noteFirstPaint, slowDown } from './slow-phone.js';
import { PHONE } from './tracking-page.js';

export interface FirstSight {
  /** The time from the navigation until the first words of the page are painted, in milliseconds. */
  firstContentMs: number;
  /** The time until the first order is painted. */
  orderMs: number;
  /** The time until the page is live. */
  liveMs: number;
  /** What has come over the network until then, in kB. */
  receivedKb: number;
}

const ORDERS = 1_000;

/** Opens the board, and the page of a tracking link, on a slow phone. */
export async function measureFirstSight(): Promise<Record<'board' | 'tracking', FirstSight>> {
  const { url, orders } = await startCluster();
  await placeMany(orders, ORDERS);
  const link = await orders.send<TrackingLink>('POST', '/orders/job-0/tracking-links');
  return {
    board: await open(url, `document.querySelector('[data-order] h3')`, 'Live'),
    tracking: await open(
      url + link.body.url,
      `document.querySelector('h1')?.textContent`,
      'Live: this page changes by itself',
    ),
  };
}

/**
 * @param order an expression of JavaScript: whether the order is there
 * @param live what the page says when it is live
 */
async function open(url: string, order: string, live: string): Promise<FirstSight> {
  const page = await openPage();
  await page.setViewportSize(PHONE);
  await page.addInitScript(noteFirstPaint(order));
  await slowDown(page);
  let receivedBytes = 0;
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Network.enable');
  devTools.on('Network.loadingFinished', ({ encodedDataLength }) => (receivedBytes += encodedDataLength));
  await page.goto(url);
  await page.getByText(live, { exact: true }).first().waitFor();
  const liveMs = await page.evaluate<number>('performance.now()');
  const orderMs = await waitFor(() => firstPaintOf(page), 'the order to be painted');
  const firstContentMs = await page.evaluate<number>(
    `performance.getEntriesByName('first-contentful-paint')[0].startTime`,
  );
  await page.context().browser()?.close();
  return { firstContentMs, orderMs, liveMs, receivedKb: receivedBytes / 1_000 };
}
