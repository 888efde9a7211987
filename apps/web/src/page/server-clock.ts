import { setClock } from './time-of-day.js';

const CHECK_EVERY_MS = 3_600_000;
/** A smaller difference may be the network's, and changes no day. */
const MIN_DIFFERENCE_MS = 30_000;

/** Sets the clock of the page to the server's, now and each hour: a screen on a wall may have none that is right. */
export function followServerClock(): void {
  void compare();
  setInterval(() => void compare(), CHECK_EVERY_MS);
  addEventListener('online', () => void compare());
}

async function compare(): Promise<void> {
  const askedAt = Date.now();
  // Without an answer, the clock stays as it is.
  const answer = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store' }).catch(() => undefined);
  const serverTime = Date.parse(answer?.headers.get('date') ?? '');
  const behindMs = serverTime - (askedAt + Date.now()) / 2;
  if (answer) setClock(Math.abs(behindMs) > MIN_DIFFERENCE_MS ? behindMs : 0);
}
