import { type JSHandle } from 'playwright-core';
import { type BrowserPage } from './chromium.js';
import { type HooksPage } from './hooks-page.js';

/** @param page shows `pages/hooks.tsx` */
export const hooksPageOf = (page: BrowserPage): Promise<JSHandle<HooksPage>> =>
  page.evaluateHandle(() => (globalThis as unknown as { hooksPage: HooksPage }).hooksPage);
