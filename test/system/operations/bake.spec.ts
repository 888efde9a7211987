import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';

const bake = readFileSync('docker-bake.hcl', 'utf8');
const dockerfile = readFileSync('Dockerfile', 'utf8');
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

/** The stages of the Dockerfile that are images: they begin a container. */
const images = dockerfile
  .split(/^(?=FROM )/m)
  .filter((stage) => /^CMD /m.test(stage))
  .map((stage) => / AS (\S+)/.exec(stage)?.[1] ?? '');

it('builds every image of the Dockerfile, and nothing else, under the name of its stage', () => {
  const targets = [...bake.matchAll(/^target "(.*)" \{\n {2}inherits = \["image"\]\n {2}target {3}= "(.*)"$/gm)];
  expect(targets.map(([, name, stage]) => [name, stage])).toEqual(images.map((image) => [image, image]));
  expect(bake).toContain(`targets = ${JSON.stringify(images).replaceAll(',', ', ')}`);
  for (const image of images) expect(bake).toContain(`/galley/${image}:` + '${VERSION}"]');
});

it('builds for both architectures, with an SBOM and the provenance', () => {
  expect(bake).toContain('platforms = ["linux/amd64", "linux/arm64"]');
  expect(bake).toContain('attest = ["type=provenance,mode=max", "type=sbom"]');
});

it('gives the Dockerfile only arguments that it has, and the version of the packages', () => {
  const [, args = ''] = /args = \{([^}]*)\}/.exec(bake) ?? [];
  const names = [...args.matchAll(/^\s*(\w+)\s*=/gm)].map(([, name]) => name);
  expect(names).toEqual(['VERSION', 'REVISION']);
  for (const name of names) expect(dockerfile).toMatch(new RegExp(`^ARG ${name}$`, 'm'));
  expect(/variable "VERSION" \{\n {2}default = "(.*)"/.exec(bake)?.[1]).toBe(version);
});
