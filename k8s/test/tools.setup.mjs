import { spawnSync } from 'node:child_process';

/** Jest's global setup for the tests of the manifests. It ends the run with one line if a tool is missing. */
export default function setup() {
  const missing = ['kustomize', 'api-server-check'].filter((tool) => spawnSync(tool, ['version']).error !== undefined);
  if (missing.length === 0) return;
  const names = missing.join(' and ');
  process.stderr.write(`Missing: ${names}. Run .ci/k8s/install FOLDER and put FOLDER/bin in the PATH\n`);
  process.exit(1);
}
