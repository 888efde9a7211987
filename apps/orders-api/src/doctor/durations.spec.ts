import { expect, it } from '@jest/globals';
import { inWords } from './durations.js';

it.each([
  [0.4, '0 ms'],
  [999, '999 ms'],
  [1_300, '1.3 s'],
  [75_000, '75 s'],
  [600_000, '10 min'],
  [12 * 3_600_000, '12 h'],
  [86_400_000 * 30, '30 days'],
])('%d ms are %s', (milliseconds, words) => {
  expect(inWords(milliseconds)).toBe(words);
});
