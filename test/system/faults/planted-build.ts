import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type PlantedBug } from './planted-bugs.js';

/** What a package needs to run, in its folder. */
const RUNNING_PARTS = ['package.json', 'dist', 'lua', 'test'];

/** The bug would have no effect, so the case would prove nothing. */
export class StalePlantedBugError extends Error {
  constructor({ name, file, find }: PlantedBug) {
    super(`The planted bug "${name}" fits no more: ${file} must contain exactly once: ${find}`);
  }
}

/**
 * A copy of the build, with the bug, in a temporary folder.
 * @throws StalePlantedBugError
 */
export async function plantedBuild(bug: PlantedBug): Promise<{ root: string; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'galley-planted-'));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    await copyPackages(root);
    await linkDependencies(root);
    await plant(root, bug);
  } catch (error) {
    await remove();
    throw error;
  }
  return { root, remove };
}

/** @throws StalePlantedBugError */
export async function plant(root: string, bug: PlantedBug): Promise<void> {
  const path = join(root, bug.file);
  const parts = (await readFile(path, 'utf8')).split(bug.find);
  if (parts.length !== 2) throw new StalePlantedBugError(bug);
  await writeFile(path, parts.join(bug.replacement));
}

async function copyPackages(root: string): Promise<void> {
  for (const group of ['apps', 'libs']) {
    for (const name of await readdir(group)) {
      for (const part of RUNNING_PARTS) {
        const from = join(group, name, part);
        await cp(from, join(root, from), { recursive: true }).catch((error: unknown) => {
          if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        });
      }
    }
  }
}

/** Our own packages are those of the copy, all others those of this project. */
async function linkDependencies(root: string): Promise<void> {
  const modules = join(root, 'node_modules');
  await mkdir(join(modules, '@galley'), { recursive: true });
  for (const name of await readdir('node_modules')) {
    if (name !== '@galley') await symlink(resolve('node_modules', name), join(modules, name));
  }
  for (const group of ['apps', 'libs']) {
    for (const name of await readdir(join(root, group))) {
      await symlink(join(root, group, name), join(modules, '@galley', name));
    }
  }
  await cp('package.json', join(root, 'package.json'));
}
