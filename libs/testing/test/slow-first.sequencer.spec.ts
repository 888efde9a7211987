import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { expect, it } from '@jest/globals';
import { SLOW } from '../src/slow-first.sequencer.mjs';

it('names files that there are', () => {
  const files = execFileSync('git', ['ls-files', '*-spec.ts'], { encoding: 'utf8' }).split('\n');
  const names = new Set(files.map((file) => basename(file)));
  expect(SLOW.filter((name) => !names.has(name))).toEqual([]);
});
