import { describe, expect, it } from '@jest/globals';
import { etagOf, revisionsIn } from './entity-tags.js';

const revisionsOf = (value: string) => [1, 2, 3, 4].filter(revisionsIn('If-Match', value) ?? (() => true));

describe('entity tags', () => {
  it('are not asked for without the header', () => {
    expect(revisionsIn('If-Match', undefined)).toBeUndefined();
  });

  it.each([
    [etagOf(3), [3]],
    ['*', [1, 2, 3, 4]],
    [' *\t', [1, 2, 3, 4]],
    ['"1","2"', [1, 2]],
    ['"1" ,\t"2"  ,   "3"', [1, 2, 3]],
    [', ,"1",,"2", ,', [1, 2]],
    ['W/"2"', [2]],
    ['W/"2", "3"', [2, 3]],
    ['"abc", "3"', [3]],
    ['"1,2", "4"', [4]],
    ['"\u00e9", "4"', [4]],
    ['""', []],
    ['"03"', []],
    ['"5"', []],
    [Array.from({ length: 1_000 }, (_, i) => `"${i + 3}"`).join(' , '), [3, 4]],
  ])('are taken: %j', (value, revisions) => {
    expect(revisionsOf(value)).toEqual(revisions);
  });

  it.each([
    '',
    ' ',
    ',',
    '3',
    '"3',
    '3"',
    '"3" "4"',
    'w/"3"',
    'W/3',
    'W/ "3"',
    '*, "3"',
    '"3", *',
    '"a b"',
    "'3'",
    '"\u0000"',
  ])('are refused with a sentence: %j', (value) => {
    expect(() => revisionsIn('If-Match', value)).toThrow('If-Match must be "*" or entity tags such as "3"');
  });

  it('are read in a time that grows no faster than the header', () => {
    const started = process.cpuUsage();
    for (const hostile of [' \t'.repeat(8_000), ','.repeat(16_000), '"1" '.repeat(4_000), ', '.repeat(8_000) + 'x']) {
      expect(() => revisionsIn('If-Match', hostile)).toThrow('If-Match');
    }
    expect(process.cpuUsage(started).user).toBeLessThan(500_000);
  });
});
