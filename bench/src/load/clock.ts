/** Microseconds of the machine's monotonic clock, the same in every process. */
export const now = (): number => Number(process.hrtime.bigint() / 1_000n);

export const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const DIGITS = 16;
const MARK = '@';
const FIRST = Buffer.from(MARK);

/** A moment as text that `readStamp` finds in a payload: `@` and 16 digits. */
export const stamp = (microseconds: number): string => MARK + String(microseconds).padStart(DIGITS, '0');

/** The moment that was stamped into these bytes; NaN where there is none. */
export function readStamp(bytes: Buffer, start: number, end: number): number {
  const at = bytes.indexOf(FIRST, start);
  if (at < 0 || at + DIGITS >= end) return NaN;
  let value = 0;
  for (let i = at + 1; i <= at + DIGITS; i++) value = value * 10 + ((bytes[i] ?? 0) - 48);
  return value;
}

/** @returns whether it came true within the time. */
export async function until(condition: () => boolean, withinMs: number, everyMs = 5): Promise<boolean> {
  const end = Date.now() + withinMs;
  while (!condition()) {
    if (Date.now() > end) return false;
    await sleep(everyMs);
  }
  return true;
}
