import { execFileSync } from 'node:child_process';

/** Jest's global setup of the end-to-end tests: builds what some of them run, once, since they run side by side. */
export default function setup() {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
