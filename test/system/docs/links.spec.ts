import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from '@jest/globals';
import { DOCUMENTS } from './documents.js';

const readWithoutBlocks = (file: string) => readFileSync(file, 'utf8').replace(/^```[^]*?^```$/gm, '');

/** The anchors of a document, as GitHub makes them of its headings. */
function anchorsOf(file: string): string[] {
  const headings = [...readWithoutBlocks(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  const seen = new Map<string, number>();
  return headings.map((heading) => {
    const anchor = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

/** The links of a document within the project, as they are written. */
function linksOf(file: string): string[] {
  const text = readWithoutBlocks(file).replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link).filter((link) => !/^\w+:/.test(link));
}

function isBroken(file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? file : normalize(join(dirname(file), path));
  if (!existsSync(target)) return true;
  return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
}

it.each(DOCUMENTS)('%s leads nowhere that is not there', (file) => {
  expect(linksOf(file).filter((link) => isBroken(file, link))).toEqual([]);
});

it('has no document that no other one leads to', () => {
  const reached = new Set(
    DOCUMENTS.flatMap((file) => linksOf(file).map((link) => normalize(join(dirname(file), link.split('#')[0] ?? '')))),
  );
  const unreached = DOCUMENTS.filter((file) => file.startsWith('docs/') && !reached.has(file));
  expect(unreached).toEqual([]);
});
