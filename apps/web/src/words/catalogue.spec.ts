import { expect, it } from '@jest/globals';
import { english } from './english.js';
import { englishTracking } from './english-tracking.js';
import { german } from './german.js';
import { germanTracking } from './german-tracking.js';

/** The address of each text in the catalogue: `due.today`. */
const keysOf = (value: object, path = ''): string[] =>
  Object.entries(value).flatMap(([key, child]: [string, unknown]) =>
    typeof child === 'object' && child !== null ? keysOf(child, `${path}${key}.`) : [`${path}${key}`],
  );

it('has the same keys in every language', () => {
  expect(keysOf(german)).toEqual(keysOf(english));
  expect(keysOf(germanTracking)).toEqual(keysOf(englishTracking));
});

it('says nothing twice that a customer sees of a stage', () => {
  const names = Object.values(german.stages).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
