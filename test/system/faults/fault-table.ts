import { readFile, writeFile } from 'node:fs/promises';
import * as prettier from 'prettier';
import { PROMISES, type FaultCase } from './fault-case.js';
import { FAULT_CASES } from './fault-cases.js';
import { type CaseResult } from './run-case.js';

const DOCUMENT = 'docs/RELIABILITY.md';

/** The generated part of the document stands between these. */
export const MARKERS = { begin: '<!-- fault table: begin -->', end: '<!-- fault table: end -->' };

const COLUMNS = [
  ...['fault', 'promise', 'writes', 'deliveries', 'lost', 'repeated', 'reordered', 'resyncs'],
  'seconds to heal',
];

export type Row = readonly [fault: FaultCase, result: CaseResult];

/** The results as a Markdown table. */
export const faultTable = (rows: readonly Row[]): string => markdown(rows.map(cellsOf));

/** Puts the results into the table of the document. Cases that did not run keep their rows. */
export async function writeFaultTable(rows: readonly Row[]): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const [begin, end] = [text.indexOf(MARKERS.begin) + MARKERS.begin.length, text.indexOf(MARKERS.end)];
  const byFault = new Map([...readTable(text.slice(begin, end)), ...rows.map(cellsOf)].map((row) => [row[0], row]));
  const table = markdown(FAULT_CASES.map(({ fault }) => byFault.get(fault)).filter((row) => row !== undefined));
  const options = { ...(await prettier.resolveConfig(DOCUMENT)), filepath: DOCUMENT };
  const updated = `${text.slice(0, begin)}\n\n${table}\n\n${text.slice(end)}`;
  await writeFile(DOCUMENT, await prettier.format(updated, options));
}

const cellsOf = ([{ fault, promise }, { counts, healedInMs }]: Row): string[] => [
  ...[fault, PROMISES[promise]],
  ...[counts.writes, counts.changesDelivered, counts.lost, counts.repeated, counts.reordered, counts.resyncs].map(
    String,
  ),
  healedInMs === undefined ? 'never' : (healedInMs / 1_000).toFixed(1),
];

const markdown = (rows: readonly (readonly string[])[]): string =>
  [COLUMNS, COLUMNS.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const readTable = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
