import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const DIST = 'apps/web/dist';
const ASSETS = readdirSync(join(DIST, 'assets'));

/** The sizes are of the files that are served: bytes, gzipped. */
const sizeOf = (file: string) => readFileSync(join(DIST, `${file}.gz`)).length;

const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);

/** The scripts and styles that a page names. */
const namedBy = (page: string) =>
  Array.from(
    readFileSync(join(DIST, page), 'utf8').matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g),
    ([, file = '']) => file,
  );

it('shows the board after less than 130 kB', () => {
  const files = namedBy('index.html');
  expect(files.length).toBeGreaterThan(2);
  expect(sum([...files, 'index.html'].map(sizeOf))).toBeLessThan(130_000);
});

describe.each(['english', 'german'])('the tracking page in %s', (language) => {
  const named = namedBy('track.html');
  const [script = ''] = named;
  const lazy = Array.from(
    readFileSync(join(DIST, script), 'utf8').matchAll(/import\(`\.\/([\w-]+\.js)`\)/g),
    ([, file = '']) => `assets/${file}`,
  );
  const words = lazy.filter((file) => file.includes(`${language}-tracking`));
  const client = lazy.filter((file) => file.includes('/read-'));

  it('has less than 30 kB of scripts and styles, with the client', () => {
    expect([words.length, client.length, lazy.length]).toEqual([1, 1, 3]);
    expect(sum([...named, ...words, ...client].map(sizeOf))).toBeLessThan(30_000);
  });

  it('shows the order after less than 12 kB', () => {
    expect(sum(['track.html', ...named, ...words].map(sizeOf))).toBeLessThan(12_000);
  });
});

it('brings no schemas to the browser', () => {
  const scripts = ASSETS.filter((name) => name.endsWith('.js'));
  for (const name of scripts) expect(readFileSync(join(DIST, 'assets', name), 'utf8')).not.toMatch(/ZodError|zod/i);
});
