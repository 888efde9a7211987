import { execFileSync } from 'node:child_process';
import { expect, it } from '@jest/globals';

interface Bill {
  bomFormat: string;
  metadata: { component: { name: string; version: string } };
  components: { name: string; group?: string; version: string }[];
}

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 });

/** The name and version of each package below `node_modules` of an image. */
function packagesIn(image: string): string[] {
  const list = `
    const { globSync, readFileSync } = require('node:fs');
    const files = globSync('**/node_modules/{*,@*/*}/package.json').map((file) => JSON.parse(readFileSync(file, 'utf8')));
    console.log(JSON.stringify(files.map(({ name, version }) => name + '@' + version)));`;
  const text = run('docker', 'run', '--rm', '--network', 'none', '--entrypoint', 'node', image, '-e', list);
  return JSON.parse(text) as string[];
}

it.each(['galley/orders-api:local', 'galley/gateway:local'])(
  'lists each package in the image %s, and no other',
  (image) => {
    const { bomFormat, metadata, components } = JSON.parse(run('npm', 'run', '--silent', 'sbom', '--', image)) as Bill;
    expect([bomFormat, metadata.component.name]).toEqual(['CycloneDX', image]);
    const listed = components.map(({ name, group, version }) => `${group ? `${group}/` : ''}${name}@${version}`);
    // Galley's own packages are links into the folders `apps` and `libs`.
    const own = /^(@galley\/)?(gateway|orders-api|access|change-feed|contracts|http|redis|runtime)@/;
    const foreign = (names: string[]) => [...new Set(names.filter((name) => !own.test(name)))].sort();
    expect(foreign(listed)).toEqual(foreign(packagesIn(image)));
    expect(listed.length).toBeGreaterThan(50);
  },
);
