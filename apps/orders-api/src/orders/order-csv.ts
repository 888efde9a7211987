import { Readable } from 'node:stream';
import { order, type Order } from '@galley/contracts';

export const CSV = 'text/csv';
export const CSV_TYPE = `${CSV}; charset=utf-8; header=present`;

const COLUMNS = Object.keys(order.shape) as (keyof Order)[];

/** Spreadsheets run a cell that begins like this. */
const FORMULA = /^[=+\-@\t\r]/;

/** A list as a table in CSV, with a header. It is read page by page, as fast as the client takes it. */
export async function toCsv(pages: AsyncGenerator<Order[], void>): Promise<Readable> {
  // Before the answer begins, so that a refusal still can be the answer.
  const first = await pages.next();
  return Readable.from(textsOf(first, pages));
}

async function* textsOf(
  first: IteratorResult<Order[], void>,
  others: AsyncGenerator<Order[], void>,
): AsyncGenerator<string> {
  yield rowOf(COLUMNS);
  for (let page = first; !page.done; page = await others.next()) {
    if (page.value.length > 0) yield page.value.map((listed) => rowOf(COLUMNS.map((field) => listed[field]))).join('');
  }
}

type Cell = Order[keyof Order];

/** @see https://www.rfc-editor.org/rfc/rfc4180 */
const rowOf = (values: Cell[]) => `${values.map(toCell).join(',')}\r\n`;

/** A text that a spreadsheet would run gets an apostrophe in front, which makes it a text for all of them. */
function toCell(value: Cell): string {
  const text = value === undefined ? '' : String(value);
  const harmless = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const MEDIA_RANGE = /^\s*([^;\s]+)\s*(?:;.*?\bq=([\d.]+).*)?/i;

/** Whether an `Accept` header names CSV, and JSON less or not at all. */
export function prefersCsv(accept: string | undefined): boolean {
  const weights = new Map<string, number>();
  for (const range of (accept ?? '').split(',')) {
    const [, type = '', weight = '1'] = MEDIA_RANGE.exec(range) ?? [];
    weights.set(type.toLowerCase(), Number(weight));
  }
  return (weights.get(CSV) ?? 0) > (weights.get('application/json') ?? 0);
}
