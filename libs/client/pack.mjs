import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm run build:client` makes the published package in `libs/client/package`. The contracts are not published, so the
 * package includes the parts that it uses: their types, and a file that needs no zod.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const [client, contracts] = [join(root, 'libs/client'), join(root, 'libs/contracts')];
const target = join(client, 'package');

execFileSync('node', ['node_modules/typescript/bin/tsc', '-b', 'libs/client/tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
rmSync(target, { recursive: true, force: true });
mkdirSync(target);
const isPublished = (path) => !/\.(map|tsbuildinfo)$/.test(path);
const isShared = (path) => !/\.\w+$/.test(path) || /(\.d\.ts|\/(list-order|new-order|search-words)\.js)$/.test(path);
cpSync(join(client, 'dist'), target, { recursive: true, filter: isPublished });
cpSync(join(contracts, 'dist'), join(target, 'contracts'), { recursive: true, filter: isShared });
for (const entry of readdirSync(target, { recursive: true })) {
  if (!/\.(d\.ts|js)$/.test(entry)) continue;
  const up = '../'.repeat(entry.split(sep).length - 1) || './';
  const file = join(target, entry);
  const text = readFileSync(file, 'utf8').replaceAll(/\n\/\/# sourceMappingURL=.*/g, '');
  writeFileSync(
    file,
    text.replaceAll(/'@galley\/contracts(?:\/([\w-]+))?'/g, (_, name = 'index') => `'${up}contracts/${name}.js'`),
  );
}

const { devDependencies, ...manifest } = JSON.parse(readFileSync(join(client, 'package.json'), 'utf8'));
const { zod } = JSON.parse(readFileSync(join(contracts, 'package.json'), 'utf8')).dependencies;
const published = {
  ...manifest,
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
  // Only the types need zod.
  dependencies: { ...manifest.dependencies, zod: `^${zod}` },
};
writeFileSync(join(target, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
