import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { blocksOf, DOCUMENTS, type Block } from './documents.js';

/** What is not run as it is printed: where it is, how it begins, and why. */
const NOT_RUN: [file: string, begins: string, reason: string][] = [
  ['README.md', 'npm ci\n', 'CI begins with npm ci, and npm-start.e2e-spec runs what npm start is'],
  ['README.md', 'docker compose up', 'the steps of CI for Compose and for Kubernetes'],
  ['CONTRIBUTING.md', 'npm ci\n', 'CI runs these, and development.system-spec'],
  ['docs/ARCHITECTURE.md', '            REST', 'a drawing'],
  ['docs/CONFIGURATION.md', 'redis://', 'the forms of a URL, which redis-url.spec reads'],
  ['docs/OPERATIONS.md', 'docker compose up', 'the step of CI for Compose'],
  [
    'docs/OPERATIONS.md',
    'docker compose --profile',
    'needs the image of Grafana: observability.compose-spec starts the rest',
  ],
  ['docs/OPERATIONS.md', 'MONGODB_URI=', 'needs a MongoDB: the steps for Compose and integration build the indexes'],
  ['docs/OPERATIONS.md', 'REGISTRY=', 'needs a registry: bake.spec compares the file with the Dockerfile'],
  ['docs/OPERATIONS.md', 'kubectl -n galley', 'needs a cluster: CI validates what kubectl would send'],
  ['docs/OPERATIONS.md', 'nameSuffix: -staging', 'k8s/test/instance-staging, which instances.spec renders'],
  ['docs/OPERATIONS.md', 'apiVersion: networking.gke.io', 'needs GKE, whose definitions no registry has'],
  ['docs/PERFORMANCE.md', 'npm run bench', 'needs the whole machine for minutes: CI runs it with --quick'],
  ['docs/SECURITY.md', 'REDIS_URL=rediss:', 'needs servers with TLS: redis-url.spec reads such a URL'],
  [
    'docs/SECURITY.md',
    '# The users of Redis',
    'docker/redis/users.acl, with which secured-redis.integration-spec runs',
  ],
  [
    'docs/TUTORIAL.md',
    'npm ci\n',
    'CI begins with npm ci, and the rest of the tutorial is run at a cluster of the test',
  ],
];

const read = (file: string) => readFileSync(file, 'utf8');

const tests = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*spec.ts'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => !file.endsWith('blocks.spec.ts'))
  .map(read)
  .join('\n');

const taken = [...tests.matchAll(/printedIn\(\s*'([^']+)',\s*'([^']+)'(?:,\s*'([^']+)')?,?\s*\)/g)];
const isTaken = ({ file, heading, language }: Block) =>
  taken.some(([, takenFile, under, as]) => file === takenFile && heading === under && (as ?? language) === language);

/** The files that a test names. `npm run check` compiles those in TypeScript. */
const shownPrograms = readdirSync('docs/examples')
  .filter((name) => /\.tsx?$/.test(name) || tests.includes(`docs/examples/${name}`))
  .map((name) => read(`docs/examples/${name}`));

const isExcused = ({ file, text }: Block) =>
  NOT_RUN.some(([where, begins]) => file === where && text.startsWith(begins));

const blocks = DOCUMENTS.flatMap(blocksOf);

it('finds the blocks of all documents', () => {
  expect(blocks.length).toBeGreaterThan(50);
});

it('has a test, or a reason why not, for each command, program and page that is printed', () => {
  const untested = blocks.filter(
    (block) => !isTaken(block) && !shownPrograms.includes(block.text) && !isExcused(block),
  );
  expect(untested.map(({ file, heading, text }) => `${file}, ${heading}: ${text.split('\n')[0]}`)).toEqual([]);
});

it('excuses nothing that is not printed, and nothing that a test runs', () => {
  const excuses = NOT_RUN.filter(
    ([file, begins]) => !blocks.some((block) => block.file === file && block.text.startsWith(begins)),
  );
  expect(excuses).toEqual([]);
  expect(blocks.filter((block) => isExcused(block) && isTaken(block))).toEqual([]);
});
