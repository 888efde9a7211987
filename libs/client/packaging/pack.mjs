import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';
import ts from 'typescript';
import { contractTypes } from './contract-types.mjs';

/**
 * `npm run build:client` makes the published package in `libs/client/package`: ES modules, CommonJS, and types for both. The
 * contracts are not published, so the package includes what it uses of them.
 */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const client = join(root, 'libs/client');
const target = join(client, 'package');
const tsconfig = join(client, 'tsconfig.package.json');

const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
mkdirSync(join(client, 'dist'), { recursive: true });
writeFileSync(
  join(client, 'dist/contract-types.d.ts'),
  contractTypes(join(root, 'libs/contracts/src/index.ts'), options),
);
execFileSync('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', tsconfig, '--noEmit'], { stdio: 'inherit' });

const { devDependencies, exports, ...manifest } = JSON.parse(readFileSync(join(client, 'package.json'), 'utf8'));
const nameOf = (path) => (path === '.' ? 'index' : path.slice(2));
const paths = Object.keys(exports);
await build({
  cwd: client,
  entry: Object.fromEntries(paths.map((path) => [nameOf(path), exports[path].source])),
  outDir: target,
  format: ['esm', 'cjs'],
  platform: 'neutral',
  // What the two latest versions of each browser have. The sources are checked against it.
  target: 'es2022',
  fixedExtension: false,
  hash: false,
  // What several entries have in common. The bundler would name it after one of its files.
  outputOptions: (options) => ({ ...options, chunkFileNames: options.chunkFileNames.replace('[name]', 'shared') }),
  sourcemap: true,
  dts: { tsconfig, resolver: 'tsc', sourcemap: false },
  tsconfig,
  deps: { neverBundle: ['@galley/client'], onlyBundle: ['@galley/contracts'] },
  inputOptions: { resolve: { conditionNames: ['source'] }, checks: { pluginTimings: false } },
  logLevel: 'warn',
});

// The bundler names source maps of the types that it does not write.
for (const file of readdirSync(target).filter((name) => /\.d\.c?ts$/.test(name))) {
  const types = readFileSync(join(target, file), 'utf8');
  writeFileSync(join(target, file), types.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n'));
}
const texts = [join(client, 'README.md'), join(client, 'CHANGELOG.md'), join(root, 'LICENSE')];
for (const file of texts) copyFileSync(file, join(target, basename(file)));
const published = {
  ...manifest,
  // For resolvers that do not know `exports`.
  main: './index.cjs',
  module: './index.js',
  types: './index.d.cts',
  exports: {
    ...Object.fromEntries(paths.map((path) => [path, conditionsOf(nameOf(path))])),
    './package.json': './package.json',
  },
};
writeFileSync(join(target, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);

function conditionsOf(name) {
  return {
    import: { types: `./${name}.d.ts`, default: `./${name}.js` },
    require: { types: `./${name}.d.cts`, default: `./${name}.cjs` },
  };
}
