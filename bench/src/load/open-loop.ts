import { now, sleep } from './clock.js';

/**
 * Calls `act` at a fixed rate, never waiting for what it does: who falls behind is late for everything that follows.
 * @param act gets the moment when it was due, in microseconds of `now`
 * @returns how often it was called
 */
export async function openLoop(perSecond: number, seconds: number, act: (dueAt: number) => void): Promise<number> {
  const start = now();
  const total = Math.round(perSecond * seconds);
  for (let i = 0; i < total; i++) {
    const dueAt = Math.round(start + (i * 1_000_000) / perSecond);
    const early = (dueAt - now()) / 1_000;
    if (early > 0) await sleep(early);
    act(dueAt);
  }
  return total;
}
