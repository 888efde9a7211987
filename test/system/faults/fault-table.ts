import { readFile, writeFile } from 'node:fs/promises';
import * as prettier from 'prettier';
import { PROMISES, type FaultCase } from './fault-case.js';
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
export function faultTable(rows: readonly Row[]): string {
  const cells = rows.map(([{ fault, promise }, { counts, healedInMs }]) => [
    ...[fault, PROMISES[promise], counts.writes, counts.changesDelivered],
    ...[counts.lost, counts.repeated, counts.reordered, counts.resyncs],
    healedInMs === undefined ? 'never' : (healedInMs / 1_000).toFixed(1),
  ]);
  return [COLUMNS, COLUMNS.map(() => '---'), ...cells].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

/** Puts the table into the document. */
export async function writeFaultTable(rows: readonly Row[]): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  const before = text.slice(0, text.indexOf(MARKERS.begin) + MARKERS.begin.length);
  const after = text.slice(text.indexOf(MARKERS.end));
  const options = { ...(await prettier.resolveConfig(DOCUMENT)), filepath: DOCUMENT };
  await writeFile(DOCUMENT, await prettier.format(`${before}\n\n${faultTable(rows)}\n\n${after}`, options));
}
