/** Steps that people count in, each times a power of ten. */
const STEPS = [1, 2, 5, 10];

/**
 * Round numbers from 0 up to at least `max`, evenly spaced.
 * @param max above 0
 * @param wanted about how many of them besides 0
 */
export function ticksUpTo(max: number, wanted: number): number[] {
  const rough = max / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = STEPS.find((step) => step * power >= rough * (1 - 1e-9)) ?? 10;
  const step = factor * power;
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** A number as an axis shows it: `200 k`, `1.5`. */
export function formatTick(value: number): string {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toPrecision(3))} M`;
  if (value >= 1_000) return `${Number((value / 1_000).toPrecision(3))} k`;
  return String(Number(value.toPrecision(3)));
}
