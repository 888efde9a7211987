import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { leaveOut } from './leave-out.mjs';

/** Builds the pages into `dist`, compressed too, if something has changed since the last time. */

const ROOT = resolve(import.meta.dirname, '../..');
const DIST = join(import.meta.dirname, 'dist');
const SOURCES = ['apps/web', 'libs/client/src', 'libs/contracts/src', 'package-lock.json'].map((path) =>
  join(ROOT, path),
);
const COMPRESSED = /\.(css|html|js|svg|webmanifest)$/;

/** The files below a path, without those of packages and builds. */
function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => name !== 'node_modules' && name !== 'dist');
  return names.flatMap((name) => filesOf(join(path, name)));
}

const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const builtAt = changedAt(join(DIST, 'track.html'));
if (SOURCES.flatMap(filesOf).some((file) => changedAt(file) > builtAt)) {
  // Tests build too, and have a value of their own, with which React would be the one for development.
  process.env.NODE_ENV = 'production';
  // It takes longer to load than to find out that nothing has changed.
  const { build } = await import('vite');
  const settings = { configFile: join(import.meta.dirname, 'vite.config.mjs'), logLevel: 'error' };
  await build(settings);
  // A build of its own shares no file with the board, so the page loads nothing that only the board needs.
  const tracking = { emptyOutDir: false, rolldownOptions: { input: join(import.meta.dirname, 'track.html') } };
  await build({ ...settings, plugins: [leaveOut], build: tracking });
  for (const file of filesOf(DIST).filter((file) => COMPRESSED.test(file))) {
    const content = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(content));
  }
}
