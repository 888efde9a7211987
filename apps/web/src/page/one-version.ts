/**
 * What the servers answer to requests for scripts of another version: it loads the page again. Here it does so where a style is
 * missing, because a style cannot do it itself.
 */
const RELOAD = '/reload.js';

/** Only where the server answers: without it, the page is better than none. */
const loadAgain = () => void import(/* @vite-ignore */ RELOAD).catch(() => undefined);

const isUnstyled = getComputedStyle(document.documentElement).getPropertyValue('--paper') === '';
if (isUnstyled) loadAgain();
// The style of a part that is loaded later. A script that does not come at all is no other version: `FailureBoundary` says so.
addEventListener('vite:preloadError', ({ payload }) => {
  if (payload.message.includes('CSS')) loadAgain();
});
