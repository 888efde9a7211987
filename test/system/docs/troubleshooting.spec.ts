import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const quotes = [...readFileSync('docs/TROUBLESHOOTING.md', 'utf8').matchAll(/^> (.+)$/gm)].map(([, text = '']) => text);

/** What runs, on one line, so that a text that is put together of lines is found as well. */
const sources = execFileSync('git', ['ls-files', 'apps', 'libs'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => /\.(ts|mjs)$/.test(file) && !/spec\.ts$|contract\.ts$|\/test\//.test(file))
  .map((file) => readFileSync(file, 'utf8').replace(/[`'] \+\n\s*[`']/g, ''))
  .join('\n');

it.each(quotes)('quotes what the programs say: %s', (quote) => {
  const parts = quote.split('…').map((part) => part.trim());
  expect(parts.filter((part) => !sources.includes(part))).toEqual([]);
});

it('has quotes', () => {
  expect(quotes.length).toBeGreaterThan(15);
});
