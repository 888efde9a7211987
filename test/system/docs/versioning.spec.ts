import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const text = readFileSync('docs/VERSIONING.md', 'utf8');
const tests = [...text.matchAll(/\]\(\.\.\/([\w./-]+\.ts)\)(?: "([^"]+)")?/g)].map(([, file = '', title]) => ({
  file,
  title,
}));

it.each(tests)('docs/VERSIONING.md names a test that there is: $file "$title"', ({ file, title }) => {
  expect(existsSync(file)).toBe(true);
  if (title !== undefined) expect(readFileSync(file, 'utf8')).toContain(`'${title}'`);
});

it('shows each promise of versions that meet by a test', () => {
  const [, promises = ''] = /## Which versions may meet\n([^]*?)\n## /.exec(text) ?? [];
  const rows = promises
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.filter((row) => !/\.ts\) "[^"]+"/.test(row))).toEqual([]);
});

it('supports the versions of Node that the manifest names', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
  expect(text).toContain(`| ${engines.node.replace('>=', '')} or newer`);
});
