import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

interface Manifest {
  name: string;
  version: string;
  license: string;
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

/** The older React that the hooks are tested with, and the older compiler that a generator of clients needs. */
const ON_PURPOSE: Readonly<Record<string, readonly string[]>> = {
  '@galley/react-18': ['react', 'react-dom'],
  '@galley/described': ['typescript'],
};

it('has one version of each package in all manifests, except where another one is the purpose', () => {
  const versions = new Map<string, Set<string>>();
  for (const { on, version } of dependencies.filter(({ name, on }) => ON_PURPOSE[name]?.includes(on) !== true)) {
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

it('publishes the client and nothing else, all of it and the images under one version', () => {
  expect(manifests.filter((manifest) => manifest.private !== true).map(({ name }) => name)).toEqual(['@galley/client']);
  const read = (file: string) => readFileSync(`k8s/${file}/kustomization.yaml`, 'utf8');
  const texts = read('overlays/production') + read('components/labels');
  const tags = [...texts.matchAll(/(?:newTag|app\.kubernetes\.io\/version): (.*)/g)].map(([, tag]) => tag);
  expect(tags).toHaveLength(4);
  expect(new Set([...tags, ...manifests.map(({ version }) => version)]).size).toBe(1);
});

describe('the licence', () => {
  const license = 'Apache-2.0';

  it('is the same in every manifest, and in what the lock file says of them', () => {
    expect(new Set(manifests.map((manifest) => manifest.license))).toEqual(new Set([license]));
    const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, Manifest>;
    };
    const ours = Object.entries(packages).filter(([path]) => !path.includes('node_modules/'));
    expect(ours.filter(([, locked]) => locked.license !== license)).toEqual([]);
  });

  it('is in the labels of every image, and its text is in the image', () => {
    const images = readFileSync('Dockerfile', 'utf8').split(/^(?=FROM )/m);
    const labelled = images.filter((image) => image.includes('org.opencontainers.image.vendor='));
    expect(labelled).toHaveLength(2);
    for (const image of labelled) {
      expect(image).toContain(`org.opencontainers.image.licenses="${license}"`);
      expect(image).toMatch(/^COPY LICENSE /m);
    }
  });

  it('has its text in one file', () => {
    const files = execFileSync('git', ['ls-files', 'LICENSE', '*/LICENSE'], { encoding: 'utf8' }).trim();
    expect(files).toBe('LICENSE');
    expect(readFileSync('LICENSE', 'utf8')).toMatch(/^ +Apache License\n +Version 2\.0, January 2004\n/);
  });
});
