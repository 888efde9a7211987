import { type Locator } from 'playwright-core';
import { openPage, type BrowserPage } from './chromium.js';

/** A phone. */
export const PHONE = { width: 360, height: 760 };

/** The page of a tracking link in a browser, as a customer sees it. */
export interface TrackingPage {
  page: BrowserPage;
  headline: Locator;
  /** What the console and the policy of the page complain about. */
  problems: string[];
}

const opened: BrowserPage[] = [];

/** Closes the browsers of all pages, so that they do not slow down the next one. */
export async function closePages(): Promise<void> {
  for (const page of opened.splice(0)) await page.context().browser()?.close();
}

/**
 * Opens a tracking link in a browser of its own.
 * @param prepare is called before the page is loaded
 */
export async function openTracking(
  url: string,
  prepare: (page: BrowserPage) => Promise<unknown> = () => Promise.resolve(),
): Promise<TrackingPage> {
  const page = await openPage();
  opened.push(page);
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    // Chromium says so of each answer that is a refusal. What the page makes of it is tested.
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isRefusal) problems.push(message.text());
  });
  await page.setViewportSize(PHONE);
  await prepare(page);
  await page.goto(url);
  return { page, headline: page.getByRole('heading', { level: 1 }), problems };
}

/** Waits until the page says this first. */
export const expectHeadline = ({ headline }: TrackingPage, text: string): Promise<void> =>
  headline.getByText(text, { exact: true }).waitFor();

export const expectLive = ({ page }: TrackingPage): Promise<void> =>
  page.getByText('Live: this page changes by itself').waitFor();
