import { describe, expect, it } from '@jest/globals';
import { type Order } from '@galley/contracts';
import { text } from 'node:stream/consumers';
import { prefersCsv, toCsv } from './order-csv.js';

const order = (fields: Partial<Order>): Order => ({
  ...{ orderId: 'a', customerId: 'ana', title: 'Flyers', quantity: 5, status: 'Delivery' },
  ...{ dateIssued: '2026-11-23T10:00:00.000Z', revision: 1, updatedAt: '2026-11-23T10:00:00.000Z' },
  ...fields,
});

async function* pagesOf(...pages: Order[][]): AsyncGenerator<Order[], void> {
  for (const page of pages) yield await Promise.resolve(page);
}

const csvOf = async (...pages: Order[][]) => text(await toCsv(pagesOf(...pages)));

const HEADER = 'orderId,customerId,title,quantity,status,estimatedDate,rush,closedAt,dateIssued,revision,updatedAt\r\n';

describe('a list in CSV', () => {
  it('has a header and a row for each order of each page, whose absent fields are empty', async () => {
    const rush = order({ orderId: 'b', rush: true, estimatedDate: '2026-12-24' });
    expect(await csvOf([order({})], [], [rush])).toBe(
      HEADER +
        'a,ana,Flyers,5,Delivery,,,,2026-11-23T10:00:00.000Z,1,2026-11-23T10:00:00.000Z\r\n' +
        'b,ana,Flyers,5,Delivery,2026-12-24,true,,2026-11-23T10:00:00.000Z,1,2026-11-23T10:00:00.000Z\r\n',
    );
    expect(await csvOf([])).toBe(HEADER);
  });

  it.each([
    ['a "b", c', '"a ""b"", c"'],
    ['two\nlines', '"two\nlines"'],
    ['=1+1', "'=1+1"],
    ['+49 30', "'+49 30"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['="x",1', `"'=""x"",1"`],
    ['1=1', '1=1'],
    ['東京', '東京'],
  ])('writes %j so that it is a text for everybody: %j', async (title, cell) => {
    expect(await csvOf([order({ title })])).toContain(`\r\na,ana,${cell},5,Delivery,`);
  });

  it('breaks where a later page cannot be read, instead of ending as if it were whole', async () => {
    async function* breaking(): AsyncGenerator<Order[], void> {
      yield* pagesOf([order({})]);
      throw new Error('away');
    }
    await expect(text(await toCsv(breaking()))).rejects.toThrow('away');
  });

  it('is refused as a whole if its first page is', async () => {
    async function* refusing(): AsyncGenerator<Order[], void> {
      yield await Promise.reject<Order[]>(new Error('refused'));
    }
    await expect(toCsv(refusing())).rejects.toThrow('refused');
  });
});

it.each([
  [undefined, false],
  ['*/*', false],
  ['application/json', false],
  ['text/csv', true],
  ['Text/CSV; header=present', true],
  ['text/csv, */*;q=0.1', true],
  ['text/csv, application/json', false],
  ['application/json;q=0.5, text/csv', true],
  ['application/json, text/csv;q=0.5', false],
  ['text/csv;q=0', false],
])('is asked for by the header Accept: %j: %j', (accept, expected) => {
  expect(prefersCsv(accept)).toBe(expected);
});
