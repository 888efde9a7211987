import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const DIST = 'apps/web/dist';
const ASSETS = readdirSync(join(DIST, 'assets'));

/** The sizes are of the files that are served: bytes, gzipped. */
const sizeOf = (file: string) => readFileSync(join(DIST, `${file}.gz`)).length;

it('shows the board after less than 130 kB', () => {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8');
  const files = Array.from(html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g), ([, file = '']) => file);
  expect(files.length).toBeGreaterThan(2);
  const bytes = [...files, 'index.html'].map(sizeOf).reduce((sum, size) => sum + size);
  expect(bytes).toBeLessThan(130_000);
});

it('brings no schemas to the browser', () => {
  const scripts = ASSETS.filter((name) => name.endsWith('.js'));
  for (const name of scripts) expect(readFileSync(join(DIST, 'assets', name), 'utf8')).not.toMatch(/ZodError|zod/i);
});
