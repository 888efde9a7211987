import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { PLACES } from './finding.js';

/** The anchor that GitHub gives to a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

it.each(Object.values(PLACES))('refers to a heading that is there: %s', (place) => {
  const [file = '', anchor] = place.split('#');
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
  expect(headings).toContain(anchor);
});
