import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import * as contracts from './index.js';
import { invalidRequest, parseOrRefuse, placeOrder } from './index.js';

/** Values that fit into few fields. */
const MISFITS: unknown[] = [
  ...[undefined, null, true, 0, -1, 1.5, 1e300, NaN, '', ' ', 'x', 'x'.repeat(10_000), '\ud800', '2026-02-30'],
  ...[[], ['x'], [null], {}, { x: 1 }, { $gt: '' }],
];

/** What zod says by itself, which is for programmers. */
const ZODS_OWN = /Invalid|expected|received|Unrecognized|Too (big|small)|pattern|undefined|NaN/;

const schemas = Object.entries<unknown>(contracts).flatMap(([name, exported]): [string, z.ZodType][] =>
  exported instanceof z.ZodType ? [[name, exported]] : [],
);

const withMisfits = (schema: z.ZodType): unknown[] => {
  const fields = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return [...MISFITS, ...fields.flatMap((field) => MISFITS.map((value) => ({ [field]: value })))];
};

describe('what is wrong with a value', () => {
  it.each(schemas)('is said for people by %s', (_name, schema) => {
    const messages = withMisfits(schema).flatMap((value) => {
      const { error } = schema.safeParse(value);
      return error ? (invalidRequest(error.issues).options.errors ?? []).map(({ message }) => message) : [];
    });
    for (const message of new Set(messages)) {
      expect(message).toMatch(/^(is|must|has) /);
      expect(message).not.toMatch(ZODS_OWN);
    }
  });

  it.each<[body: unknown, sentence: string]>([
    [undefined, 'body is required'],
    [[], 'body must be an object'],
    [{ title: 'T', quantity: 1 }, 'customerId is required'],
    [{ customerId: 'ana', title: 7, quantity: 1 }, 'title must be text'],
    [{ customerId: 'ana', title: ' ', quantity: 1 }, 'title must not be empty'],
    [{ customerId: 'ana', title: 'x'.repeat(201), quantity: 1 }, 'title must have at most 200 characters'],
    [{ customerId: 'ana', title: 'T', quantity: '1' }, 'quantity must be a number'],
    [{ customerId: 'ana', title: 'T', quantity: 1.5 }, 'quantity must be a whole number'],
    [{ customerId: 'ana', title: 'T', quantity: 0 }, 'quantity must be at least 1'],
    [{ customerId: 'ana', title: 'T', quantity: 2_000_000 }, 'quantity must be at most 1000000'],
    [
      { customerId: 'ana', title: 'T', quantity: 1, status: 'Lost' },
      'status must be one of "In Production", "In Printing", "In Binding", "Packaging", "Delivery"',
    ],
    [{ title: 'T', quantity: 1, price: 3 }, 'customerId is required; price is not a known field'],
  ])('is one sentence with the name of the field: %j', (body, sentence) => {
    expect(() => parseOrRefuse(placeOrder, body)).toThrow(sentence);
  });

  it('never contains the value', () => {
    const secret = 'hunter2';
    for (const [, schema] of schemas) {
      for (const value of [secret, { token: [secret] }, { status: secret, limit: secret, cursor: [secret] }]) {
        expect(schema.safeParse(value).error?.message ?? '').not.toContain(secret);
      }
    }
  });
});
