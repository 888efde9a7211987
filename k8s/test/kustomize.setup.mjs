import { spawnSync } from 'node:child_process';

/** Jest's global setup for the tests of the manifests. It ends the run with one line if kustomize is missing. */
export default function setup() {
  if (spawnSync('kustomize', ['version'], { stdio: 'ignore' }).status === 0) return;
  process.stderr.write('kustomize is missing: run .ci/k8s/install FOLDER and put FOLDER/bin in the PATH\n');
  process.exit(1);
}
