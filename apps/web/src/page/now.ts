import { useSyncExternalStore } from 'react';
import { currentTime } from './time-of-day.js';

const TICK_MS = 5_000;
const MINUTE_MS = 60_000;

export { currentTime };

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for all components. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The beginning of the present minute, in milliseconds since 1970. Renders again when it is another one. */
export const useMinute = (): number =>
  useSyncExternalStore(subscribe, () => Math.floor(currentTime() / MINUTE_MS) * MINUTE_MS);

/** The present time to 5 seconds, in milliseconds since 1970. */
export const useNow = (): number =>
  useSyncExternalStore(subscribe, () => Math.floor(currentTime() / TICK_MS) * TICK_MS);
