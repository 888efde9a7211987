import { execFileSync } from 'node:child_process';

/** Jest's global setup of the end-to-end tests. Some of them run the build, and all run in parallel, so build once. */
export default function setup() {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
