import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { own } from '@galley/testing';
import { plant, plantedBuild, StalePlantedBugError } from './planted-build.js';
import { PLANTED_BUGS } from './planted-bugs.js';

describe('a planted bug', () => {
  it.each(PLANTED_BUGS.map((bug) => [bug.name, bug] as const))('fits the product: %s', async (_name, bug) => {
    const source = await readFile(bug.file, 'utf8');
    expect(source.split(bug.find)).toHaveLength(2);
  });

  it('is planted in a copy, never in the product', async () => {
    const [bug] = PLANTED_BUGS;
    if (!bug) throw new Error('There is no planted bug');
    const { root, remove } = await plantedBuild(bug);
    own(remove);
    expect(await readFile(join(root, bug.file), 'utf8')).toContain(bug.replacement);
    expect(await readFile(bug.file, 'utf8')).not.toContain(bug.replacement);
    await remove();
  });

  it.each([
    ['is missing', 'nothing like it'],
    ['is there twice', 'here and here'],
  ])('is refused where its text %s', async (_what, text) => {
    const root = await mkdtemp(join(tmpdir(), 'galley-planted-'));
    own(() => rm(root, { recursive: true, force: true }));
    await mkdir(join(root, 'lib'));
    await writeFile(join(root, 'lib/a.js'), text);
    const bug = { name: 'a bug', file: 'lib/a.js', find: 'here', replacement: '', cases: [] };
    await expect(plant(root, bug)).rejects.toThrow(StalePlantedBugError);
  });
});
