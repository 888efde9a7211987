import { readFileSync } from 'node:fs';

interface Manifest {
  version: string;
  license: string;
}

/** The `info` of a description. The version and the license are those of the project. */
export function infoOf(title: string, description: string) {
  const { version, license } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  return { title, version, description, license: { name: license, url: `https://spdx.org/licenses/${license}.html` } };
}
