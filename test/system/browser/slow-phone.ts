import { type BrowserPage } from './chromium.js';

/** A slow mobile network, as Lighthouse takes it: 150 ms there and back, 1.6 Mbit/s down, 750 kbit/s up. */
const NETWORK = { offline: false, latency: 150, downloadThroughput: 1_638_400 / 8, uploadThroughput: 750_000 / 8 };
/** How much slower than this machine. */
const PROCESSOR = { rate: 4 };

/** Lets the page have the network and the processor of a cheap phone. */
export async function slowDown(page: BrowserPage): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Network.enable');
  await devTools.send('Network.emulateNetworkConditions', NETWORK);
  await devTools.send('Emulation.setCPUThrottlingRate', PROCESSOR);
}

/**
 * Run in the page, before its own scripts: keeps the time at which an element was first painted as `paintedAfterMs`, in
 * milliseconds since the navigation.
 * @param isThere an expression of JavaScript
 */
export const noteFirstPaint = (isThere: string): string => `new MutationObserver((_, observer) => {
  if (!(${isThere})) return;
  observer.disconnect();
  requestAnimationFrame(() => setTimeout(() => { window.paintedAfterMs = performance.now(); }));
}).observe(document, { subtree: true, childList: true, characterData: true });`;

/** When it was painted; undefined if it was not yet. */
export const firstPaintOf = (page: BrowserPage): Promise<number | undefined> =>
  page.evaluate<number | undefined>('window.paintedAfterMs');
