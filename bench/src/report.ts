import { type Figure, type SystemName } from './load/context.js';
import { describeUsage, type Usage } from './load/usage.js';

/** One line of the table, and of the JSON. */
export interface Row {
  name: string;
  /** Whether each system delivered all that it was sent, each time: a row that is not says nothing. */
  valid: boolean;
  ours: number | null;
  stock: number | null;
  floor: number | null;
  /** How many times better ours is, whether more or less is better. */
  ratioToStock: number | null;
  ratioToFloor: number | null;
  unit: string;
  /** What each system took for its median. */
  usage: Partial<Record<SystemName, Usage>>;
}

/** @param runs the figures of each run, by system. */
export function toRow(name: string, runs: Partial<Record<SystemName, Figure[][]>>): Row {
  const figuresOf = (system: SystemName) =>
    runs[system]?.map((figures) => figures.find((figure) => figure.name === name)) ?? [];
  const [ours, stock, floor] = [figuresOf('ours'), figuresOf('stock'), figuresOf('floor')];
  const all = [...ours, ...stock, ...floor];
  const { unit = '', better = 'higher' } = ours[0] ?? {};
  const medians = { ours: median(ours), stock: median(stock), floor: median(floor) };
  const valueOf = (figure: Figure | undefined) => figure?.value ?? null;
  const values = { ours: valueOf(medians.ours), stock: valueOf(medians.stock), floor: valueOf(medians.floor) };
  const ratioTo = (other: number | null) => {
    if (values.ours === null || other === null) return null;
    return better === 'higher' ? values.ours / other : other / values.ours;
  };
  return {
    ...{ name, valid: all.every((figure) => figure?.valid === true), ...values },
    ...{ ratioToStock: ratioTo(values.stock), ratioToFloor: ratioTo(values.floor), unit },
    usage: { ours: medians.ours?.usage, stock: medians.stock?.usage, floor: medians.floor?.usage },
  };
}

/** As they come, with what the table leaves out. */
export function printFigures(system: SystemName, figures: readonly Figure[]): void {
  for (const { name, value, unit, valid, detail, usage } of figures) {
    const notes = [
      unit,
      ...(detail === undefined ? [] : [detail]),
      describeUsage(usage),
      ...(valid ? [] : ['INVALID']),
    ].join('; ');
    process.stdout.write(`${name.padEnd(20)}${system.padEnd(7)}${format(value).padStart(12)}  ${notes}\n`);
  }
}

const line = (name: string, unit: string, ...numbers: string[]) =>
  `${name.padEnd(20)}${numbers.map((text) => text.padStart(12)).join('')}  ${unit}\n`;

export function printHeadings(): void {
  process.stdout.write(line('', 'unit', 'ours', 'stock', 'floor', 'to stock', 'to floor'));
}

export function printRow(row: Row): void {
  const times = (ratio: number | null) => (ratio === null ? '' : `${format(ratio)} x`);
  const numbers = [
    format(row.ours),
    format(row.stock),
    format(row.floor),
    times(row.ratioToStock),
    times(row.ratioToFloor),
  ];
  process.stdout.write(
    line(row.name, `${row.unit}${row.valid ? '' : ', INVALID: not everything was delivered'}`, ...numbers),
  );
}

function median(figures: readonly (Figure | undefined)[]): Figure | undefined {
  const known = figures.filter((figure) => figure !== undefined).sort((a, b) => a.value - b.value);
  return known[Math.floor(known.length / 2)];
}

function format(value: number | null): string {
  if (value === null) return '-';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(value >= 10 ? 1 : 2);
}
