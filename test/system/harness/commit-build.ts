import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { own } from '@galley/testing';

/** The file that says in which format entries of the log are written. */
const FORMAT_FILE = 'libs/change-feed/src/change.ts';

/** The file that says what an order consists of. */
const ORDER_FILE = 'libs/contracts/src/order.ts';

interface LockedPackage {
  /** Whether it is one of our own packages, in the folder `resolved`. */
  link?: true;
  resolved?: string;
}

type Lock = Record<string, LockedPackage>;

/**
 * @param ref anything that names a commit, such as `HEAD~1`
 * @returns its hash
 * @throws if this clone does not have it
 */
export function commitOf(ref: string): string {
  try {
    return git('rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`);
  } catch (cause) {
    throw new Error(
      `This clone does not have the commit ${ref}. If it is shallow, fetch the rest: git fetch --unshallow`,
      { cause },
    );
  }
}

/** @returns undefined if entries had no format version yet, as in version 0.1.0 */
export const entryFormatAt = (commit: string): string | undefined =>
  /^export const FORMAT = '(\w+)'/m.exec(git('show', `${commit}:${FORMAT_FILE}`))?.[1];

/** Whether orders can be closed there, and changes have an actor. Version 0.2.0 knows neither. */
export const knowsClosedOrders = (commit: string): boolean =>
  git('show', `${commit}:${ORDER_FILE}`).includes('closedAt');

/**
 * The last commit whose entries had no format version.
 * @throws if this clone does not have it
 */
export function lastWithoutEntryFormat(): string {
  const withFormat = git('log', '--format=%H', '-S', 'export const FORMAT', '--', FORMAT_FILE).split('\n').at(-1) ?? '';
  return commitOf(`${withFormat}~1`);
}

/**
 * Builds another commit in a temporary folder, which is removed when the test file ends.
 * @returns the folder
 */
export async function buildCommit(commit: string): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'galley-commit-')));
  own(() => rm(root, { recursive: true, force: true }));
  await checkOut(commit, root);
  await provideDependencies(root);
  await run('npm', ['run', '--silent', 'build'], { cwd: root });
  return root;
}

/** Not a worktree of git: one that is left behind when the test is killed would stay registered in this clone. */
async function checkOut(commit: string, root: string): Promise<void> {
  const index = join(root, 'index-of-git');
  const env = { ...process.env, GIT_INDEX_FILE: index };
  await run('git', ['read-tree', commit], { env });
  await run('git', ['checkout-index', '--all', `--prefix=${root}/`], { env });
  await rm(index);
}

/** Our own packages must be those of the folder. All others are the same as here, unless the lock file says otherwise. */
async function provideDependencies(root: string): Promise<void> {
  const [there, here] = await Promise.all([readLock(root), readLock('.')]);
  if (JSON.stringify(othersIn(there)) !== JSON.stringify(othersIn(here))) {
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: root });
    return;
  }
  for (const [path, { link, resolved = '' }] of Object.entries(there)) {
    if (path.split('node_modules/').length === 2) await linkTo(link ? join(root, resolved) : resolve(path), root, path);
  }
  await linkTo(resolve('node_modules/.bin'), root, 'node_modules/.bin');
}

async function linkTo(target: string, root: string, path: string): Promise<void> {
  const link = join(root, path);
  await mkdir(dirname(link), { recursive: true });
  await symlink(target, link);
}

const readLock = async (root: string): Promise<Lock> =>
  (JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as { packages: Lock }).packages;

const othersIn = (lock: Lock) =>
  Object.entries(lock).filter(([path, { link }]) => path.includes('node_modules/') && !link);

const run = promisify(execFile);

const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
