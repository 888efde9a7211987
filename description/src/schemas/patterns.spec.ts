import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { sessionSub, text } from '@galley/contracts';

/** JSON has no halves of characters. No pattern for all languages can name what is beyond the basic plane. */
const isInJson = (value: string) => !/[\ud800-\udfff]|[^\0-\uffff]/u.test(value);

const SPECIAL = [
  'a',
  '.',
  ' ',
  '\t',
  '\n',
  '\u0085',
  '\u200f',
  '\u2028',
  '\u202e',
  '\u2066',
  '\ufdd0',
  '\uffff',
  '\u00ad',
];

const texts = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 5 }),
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.string({ unit: fc.constantFrom(...SPECIAL), maxLength: 5 }),
  )
  .filter(isInJson);

it.each<[string, z.ZodType, fc.Arbitrary<string>]>([
  // The space around it is removed first, and there may be any.
  ['text', text(20), texts.map((value) => value.trim())],
  ['sub', sessionSub, texts],
])('describes a %s by a pattern that takes what the schema takes, and nothing else', (_what, schema, values) => {
  const { pattern = '' } = z.toJSONSchema(schema, { io: 'input' });
  fc.assert(
    fc.property(values, (value) => {
      expect([value, new RegExp(pattern, 'u').test(value)]).toEqual([value, schema.safeParse(value).success]);
    }),
    { numRuns: 2_000 },
  );
});
