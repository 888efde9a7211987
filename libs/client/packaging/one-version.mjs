import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Ends `npm run changeset:version`: gives all packages, and the images that Kubernetes starts, the version that changesets have
 * given the client, because all of Galley is released under one. Changesets leave alone what is not published.
 */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });
const { version } = JSON.parse(readFileSync(`${root}libs/client/package.json`, 'utf8'));

for (const file of git('ls-files', 'package.json', '*/package.json').trim().split('\n')) {
  const manifest = JSON.parse(readFileSync(`${root}${file}`, 'utf8'));
  writeFileSync(`${root}${file}`, `${JSON.stringify({ ...manifest, version }, undefined, 2)}\n`);
}
const manifests = ['overlays/production', 'components/labels'].map((folder) => `k8s/${folder}/kustomization.yaml`);
for (const file of [...manifests, 'docker-bake.hcl']) {
  const versions = /(?<=(?:newTag|app\.kubernetes\.io\/version): |variable "VERSION" \{\n  default = ").*?(?="?$)/gm;
  writeFileSync(`${root}${file}`, readFileSync(`${root}${file}`, 'utf8').replaceAll(versions, version));
}
const npm = (...args) => execFileSync('npm', args, { cwd: root, stdio: 'inherit' });
npm('install', '--package-lock-only', '--no-audit', '--no-fund');
npm('run', '--silent', 'docs:api');
process.stdout.write(`All packages have version ${version}. Give it a heading in CHANGELOG.md, then commit.\n`);
