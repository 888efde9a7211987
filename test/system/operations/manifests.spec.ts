import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifests = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'package.json', '*/package.json'], {
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Manifest);
const dependencies = manifests.flatMap(({ name, dependencies: needed, devDependencies }) =>
  Object.entries({ ...devDependencies, ...needed }).map(([on, version]) => ({ name, on, version })),
);

it('has one version of each package in all manifests, except of the older React that the hooks are tested with', () => {
  const versions = new Map<string, Set<string>>();
  for (const { on, version } of dependencies.filter(({ name }) => name !== '@galley/react-18')) {
    versions.set(on, (versions.get(on) ?? new Set()).add(version.replace('^', '')));
  }
  expect([...versions].filter(([, found]) => found.size > 1)).toEqual([]);
});

it('names exact versions, but for what the published client lets others choose', () => {
  const ranges = dependencies.filter(
    ({ on, version }) => !on.startsWith('@galley/') && !/^\d+\.\d+\.\d+$/.test(version),
  );
  expect(ranges).toEqual([{ name: '@galley/client', on: 'socket.io-client', version: '^4.8.4' }]);
});

it('publishes the client and nothing else, all of it under one version', () => {
  expect(manifests.filter((manifest) => manifest.private !== true).map(({ name }) => name)).toEqual(['@galley/client']);
  expect(new Set(manifests.map(({ version }) => version)).size).toBe(1);
});
