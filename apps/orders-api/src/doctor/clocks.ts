import { about, PLACES, type Finding } from './finding.js';

/** How far the clock of something was ahead of the clock of this machine. */
export interface ClockReading {
  of: string;
  /** Milliseconds; negative if it was behind. */
  aheadMs: number;
  /** How much of that may be the way of the answer, or seconds that were not told. */
  uncertainMs: number;
}

const WARN_ABOVE_MS = 2_000;
const FAIL_ABOVE_MS = 30_000;

const clocks = about('clocks');

/** The time of day of this machine, in milliseconds since 1970. */
export const thisMachine = () => Date.now();

/**
 * Reads a clock somewhere else.
 * @param ask gives its time in milliseconds since 1970, or undefined if it does not tell it
 * @param stepMs the step in which it tells the time
 */
export async function readClock(
  of: string,
  ask: () => Promise<number | undefined>,
  stepMs = 1,
): Promise<ClockReading | undefined> {
  const askedAt = thisMachine();
  const told = await ask();
  const answeredAt = thisMachine();
  return told === undefined ? undefined : compareClocks(of, told, { askedAt, answeredAt, stepMs });
}

/** @param told the time by that clock, rounded down to steps; it was read between the other two times */
export function compareClocks(
  of: string,
  told: number,
  { askedAt, answeredAt, stepMs }: { askedAt: number; answeredAt: number; stepMs: number },
): ClockReading {
  return {
    of,
    aheadMs: told + stepMs / 2 - (askedAt + answeredAt) / 2,
    uncertainMs: (answeredAt - askedAt + stepMs) / 2,
  };
}

/** Judges clocks: that of this machine, and the others. */
export function judgeClocks(readings: readonly ClockReading[]): Finding {
  if (readings.length === 0) {
    return clocks.skipped('no other clock was told', 'run it where the front and the stores can be reached');
  }
  const certain = readings.map(({ of, aheadMs, uncertainMs }) => ({
    of,
    aheadMs: Math.sign(aheadMs) * Math.max(0, Math.abs(aheadMs) - uncertainMs),
  }));
  const offsets = [0, ...certain.map(({ aheadMs }) => aheadMs)];
  const apartMs = Math.max(...offsets) - Math.min(...offsets);
  const found = `${certain.map(({ of, aheadMs }) => `${of} ${describeOffset(aheadMs)}`).join(', ')} (against this machine)`;
  if (apartMs <= WARN_ABOVE_MS) return clocks.ok(found);
  const todo =
    'let a time server set the clocks of all machines: wrong ones refuse valid tokens, accept ended ones, and write wrong dates';
  return apartMs <= FAIL_ABOVE_MS ? clocks.warn(found, todo, PLACES.tokens) : clocks.fail(found, todo, PLACES.tokens);
}

const describeOffset = (aheadMs: number) => {
  const seconds = Math.abs(aheadMs / 1_000).toFixed(1);
  return seconds === '0.0' ? 'agrees' : `${seconds} s ${aheadMs < 0 ? 'behind' : 'ahead'}`;
};
