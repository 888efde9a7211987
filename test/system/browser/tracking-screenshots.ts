import { type TrackingLink } from '@galley/contracts';
import { type OrdersClient } from '@galley/testing';
import { openPage, type BrowserPage } from './chromium.js';
import { expectHeadline, expectLive, openTracking, type TrackingPage } from './tracking-page.js';

const DAY_MS = 86_400_000;
const MESSAGE = 'The cover stock reached us a day late, so binding starts today. The colours came out beautifully.';
const HEIGHT = 980;

/** `2026-12-24`, this many days from today. */
const dayFromNow = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** The page of tracking links in all that it may say, as one picture. */
export async function takeTracking(url: string, staff: OrdersClient, path: string): Promise<void> {
  let placed = 2_450;
  const linkTo = async (estimatedDate: string, change: object) => {
    const orderId = `GL-${++placed}`;
    await staff.place({ orderId, title: 'Field guide to mosses', quantity: 3_200, estimatedDate });
    await staff.change(orderId, { status: 'In Printing' });
    await staff.change(orderId, change);
    const { body } = await staff.send('POST', `/orders/${orderId}/tracking-links`, {});
    return body as TrackingLink;
  };
  const moved = { status: 'In Binding', estimatedDate: dayFromNow(8), message: MESSAGE };
  const onItsWay = await linkTo(dayFromNow(7), moved);
  const late = await linkTo(dayFromNow(-1), { ...moved, estimatedDate: dayFromNow(1) });
  const ended = await linkTo(dayFromNow(7), moved);
  const deleted = await linkTo(dayFromNow(7), moved);
  await staff.send('DELETE', `/sessions/${encodeURIComponent(ended.sub)}`);
  await staff.send('DELETE', `/orders/${deleted.orderId}`);

  const open = async (link: TrackingLink, look: 'light' | 'dark' = 'light', language = 'en') => {
    const { pathname, hash } = new URL(link.url, url);
    return openTracking(`${url}${pathname}?lang=${language}${hash}`, async (page) => {
      await page.setViewportSize({ width: 360, height: HEIGHT });
      await page.emulateMedia({ colorScheme: look, reducedMotion: 'reduce' });
    });
  };
  const live = await open(onItsWay);
  await expectLive(live);
  const dark = await open(late, 'dark');
  await expectLive(dark);
  const german = await open(late, 'light', 'de');
  await german.page.getByText('Live: Diese Seite').waitFor();
  const offline = await open(onItsWay);
  await expectLive(offline);
  await offline.page.context().setOffline(true);
  await offline.page.getByText(/^Offline since/).waitFor();
  const endedPage = await open(ended);
  await expectHeadline(endedPage, 'This link was ended');
  const gone = await open(deleted, 'dark');
  await expectHeadline(gone, 'This order is no longer here');
  await sideBySide([live, dark, german, offline, endedPage, gone], path);
}

async function sideBySide(pages: TrackingPage[], path: string): Promise<void> {
  const sheet: BrowserPage = await openPage();
  await sheet.setViewportSize({ width: pages.length * 372 - 12, height: HEIGHT });
  const pictures = await Promise.all(pages.map(async ({ page }) => (await page.screenshot()).toString('base64')));
  const images = pictures.map((picture) => `<img src="data:image/png;base64,${picture}">`);
  await sheet.setContent(
    `<body style="margin: 0; display: flex; gap: 12px; background: #888">${images.join('')}</body>`,
  );
  await sheet.screenshot({ path });
}
