import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { WRITTEN_FILES } from './written-files.js';

it.each(WRITTEN_FILES)('$path is what `npm run docs:api` writes', async ({ path, write }) => {
  expect(readFileSync(path, 'utf8')).toBe(await write());
});
