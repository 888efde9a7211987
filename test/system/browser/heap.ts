import { type BrowserPage } from './chromium.js';

/** What the scripts of a page keep in memory, in MB. */
export async function heapMb(page: BrowserPage): Promise<number> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devTools.send('Runtime.getHeapUsage');
  await devTools.detach();
  return usedSize / 1_000_000;
}
