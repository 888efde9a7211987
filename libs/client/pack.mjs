import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm run build:client`: makes the package that is published, in `libs/client/package`. Of the contracts it takes the
 * types along, as files of its own, since it uses nothing else of them and they are not published.
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
const isDeclaration = (path) => !/\.\w+$/.test(path) || path.endsWith('.d.ts');
cpSync(join(client, 'dist'), target, { recursive: true, filter: isPublished });
cpSync(join(contracts, 'dist'), join(target, 'contracts'), { recursive: true, filter: isDeclaration });
for (const entry of readdirSync(target, { recursive: true })) {
  if (!entry.endsWith('.d.ts')) continue;
  const file = join(target, entry);
  const text = readFileSync(file, 'utf8').replaceAll(/\n\/\/# sourceMappingURL=.*/g, '');
  writeFileSync(file, text.replaceAll("'@galley/contracts'", "'#contracts'"));
}

const { devDependencies, private: _, ...manifest } = JSON.parse(readFileSync(join(client, 'package.json'), 'utf8'));
const { zod } = JSON.parse(readFileSync(join(contracts, 'package.json'), 'utf8')).dependencies;
const published = {
  ...manifest,
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
  imports: { '#contracts': { types: './contracts/index.d.ts' } },
  // For the types alone.
  dependencies: { ...manifest.dependencies, zod: `^${zod}` },
};
writeFileSync(join(target, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
