import { expect, it } from '@jest/globals';
import { commitOf, entryFormatAt } from './commit-build.js';

it('finds the format of the entries of this project', () => {
  expect(entryFormatAt(commitOf('HEAD'))).toBeDefined();
});

it('names a commit that this clone does not have, and says how to get it', () => {
  expect(() => commitOf('HEAD~1000000')).toThrow(
    'This clone does not have the commit HEAD~1000000. If it is shallow, fetch the rest: git fetch --unshallow',
  );
});
