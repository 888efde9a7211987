import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { own } from '@galley/testing';
import { docker } from '../harness/compose-stack.js';

it('makes the same stack of .env.example, with each of its lines used, as of no .env', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'galley-env-file-'));
  own(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, '.env');
  writeFileSync(file, readFileSync('.env.example', 'utf8').replaceAll(/^#(?=[A-Z_]+=)/gm, ''));
  const stackOf = (envFile: string) => docker('compose', '--env-file', envFile, 'config');
  expect(await stackOf(file)).toBe(await stackOf('/dev/null'));
});
