import { type Input } from '@galley/verification';
import { type Waits } from './victim.js';

export interface Row {
  app: string;
  input: Input;
  before: Waits;
  during: Waits;
  /** How many bytes the server grew by at most. */
  grownBytes: number;
}

const MAX_GROWN_BYTES = 50_000_000;
const MAX_TIMES = 2;
const MAX_MORE_MS = 15;

/** Whether one peer at full speed does little to the others: the promise of docs/SECURITY.md. */
export const isKept = ({ before, during, grownBytes }: Row): boolean =>
  during.unanswered === 0 &&
  during.p99 < Math.max(before.p99 * MAX_TIMES, before.p99 + MAX_MORE_MS) &&
  grownBytes < MAX_GROWN_BYTES;

const COLUMNS: readonly [heading: string, width: number, text: (row: Row) => string][] = [
  ['app', 8, ({ app }) => app],
  ['input', 62, ({ input }) => `${input.opening}: ${input.name}`],
  ['p99 before', 12, ({ before }) => before.p99.toFixed(1)],
  ['p50 during', 12, ({ during }) => during.p50.toFixed(1)],
  ['p99 during', 12, ({ during }) => during.p99.toFixed(1)],
  ['grown, MB', 11, ({ grownBytes }) => (grownBytes / 1_000_000).toFixed(0)],
  [
    '',
    4,
    (row) => (isKept(row) ? 'ok' : `BROKEN${row.during.unanswered > 0 ? `, ${row.during.unanswered} unanswered` : ''}`),
  ],
];

export function printHeadings(): void {
  print(COLUMNS.map(([heading, width]) => heading.padEnd(width)));
}

export function printRow(row: Row): void {
  print(COLUMNS.map(([, width, text]) => text(row).padEnd(width)));
}

const print = (cells: string[]) => process.stdout.write(`${cells.join('').trimEnd()}\n`);
