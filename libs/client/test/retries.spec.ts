import { describe, expect, it } from '@jest/globals';
import { Retries } from '../src/sync/retries.js';
import { VirtualClock } from './virtual-clock.js';

/** Random numbers that are the same in each run. */
function seeded(seed: number) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** Clients whose attempts all fail, at once. @returns the time of each client's first attempt after a minute, in ms after it */
async function nextAttemptsAfterAMinute(clients: number, wakes: boolean): Promise<number[]> {
  const clock = new VirtualClock();
  const jitter = seeded(7);
  const next: number[] = [];
  const all = Array.from({ length: clients }, () => new Retries(clock, jitter));
  for (const retries of all) {
    const attempt = () => {
      if (clock.now() >= 60_000) next.push(clock.now() - 60_000);
      else retries.schedule(attempt);
    };
    retries.schedule(attempt);
  }
  await clock.advance(60_000);
  if (wakes) for (const retries of all) retries.wake();
  await clock.advance(30_000);
  return next.sort((a, b) => a - b);
}
const quantile = (times: number[], q: number) => times[Math.floor(times.length * q)] ?? Infinity;

describe('the next attempt when the network is back after a minute', () => {
  it('comes within 8 s for most clients without wake events, and never from all of them together', async () => {
    const times = await nextAttemptsAfterAMinute(300, false);
    expect(times).toHaveLength(300);
    expect(quantile(times, 0.5)).toBeLessThan(4_000);
    expect(quantile(times, 0.95)).toBeLessThan(8_000);
    const bySecond = Array.from({ length: 11 }, (_, s) => times.filter((at) => Math.floor(at / 1_000) === s).length);
    expect(Math.max(...bySecond)).toBeLessThan(300 * 0.3);
  });

  it('comes within half a second with them', async () => {
    const times = await nextAttemptsAfterAMinute(300, true);
    expect(times).toHaveLength(300);
    expect(quantile(times, 1 - 1 / 300)).toBeLessThan(500);
  });
});

describe('a wake while nothing waits', () => {
  /** @returns when the attempts began, in milliseconds after the wake. All but the last fail at once. */
  async function attemptsAfter(failsAtMs: number, count: number): Promise<number[]> {
    const clock = new VirtualClock();
    const retries = new Retries(clock, () => 0.999);
    const attempts: number[] = [];
    const attempt = () => {
      if (attempts.push(clock.now()) < count) retries.schedule(attempt);
    };
    retries.wake();
    clock.after(failsAtMs, () => {
      retries.schedule(attempt);
    });
    await clock.advance(20_000);
    return attempts;
  }

  it('makes the attempt soon after a failure that is told just after it', async () => {
    expect((await attemptsAfter(20, 1))[0]).toBeLessThan(520);
  });

  it('does so once', async () => {
    const [first = NaN, second = NaN] = await attemptsAfter(20, 2);
    expect(second - first).toBeGreaterThan(2_900);
  });

  it('has no effect on a later failure', async () => {
    expect((await attemptsAfter(1_000, 1))[0]).toBeGreaterThan(3_900);
  });
});

describe('what the server asks to wait', () => {
  /** @returns when the attempt began, in milliseconds, with wakes at these times */
  async function attemptAt(retryAfterMs: number, jitter: number, wakes: number[] = []): Promise<number> {
    const clock = new VirtualClock();
    const retries = new Retries(clock, () => jitter);
    let at = NaN;
    retries.schedule(() => (at = clock.now()), retryAfterMs);
    for (const wakeAt of wakes)
      clock.after(wakeAt, () => {
        retries.wake();
      });
    await clock.advance(retryAfterMs + 20_000);
    return at;
  }

  it.each([
    ['at the least jitter', 0, []],
    ['at the most jitter', 0.999, []],
    ['with wakes before that', 0, [10, 5_000, 19_999]],
  ])('is waited, %s', async (_when, jitter, wakes) => {
    const at = await attemptAt(20_000, jitter, wakes);
    expect(at).toBeGreaterThanOrEqual(20_000);
    expect(at).toBeLessThan(23_001);
  });

  it('does not bring all clients that were told the same back together', async () => {
    expect((await attemptAt(20_000, 0.9)) - (await attemptAt(20_000, 0.1))).toBeGreaterThan(2_000);
  });

  it('is not made longer by wakes that come again and again', async () => {
    const everyTenth = Array.from({ length: 100 }, (_, i) => i * 10);
    expect(await attemptAt(0, 0.9, everyTenth)).toBeLessThan(1_000);
  });
});
