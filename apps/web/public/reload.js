/**
 * The answer to requests for a script that is not of this version. The page that asks was loaded before an update, or an update
 * is under way and another replica has answered. So the page is loaded again: at once, then after pauses that grow with the time
 * for which it has not helped.
 */
const KEY = 'galley:reloading-since';
/** After so long, this is about another update. */
const FORGOTTEN_AFTER_MS = 600_000;

const now = Date.now();
const lastedMs = now - Number(sessionStorage.getItem(KEY));
const isFirst = lastedMs < 0 || lastedMs > FORGOTTEN_AFTER_MS;
if (isFirst) sessionStorage.setItem(KEY, String(now));
setTimeout(() => location.reload(), isFirst ? 0 : lastedMs);

// Whoever has imported this expects what it does not have, so it never ends.
await new Promise(() => undefined);
