import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { own } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { inFolder, OPENAPI_FILE } from '../harness/description-tools.js';

/** Where `.ci/schemathesis FOLDER` has installed it. */
const SCHEMATHESIS = process.env.SCHEMATHESIS ?? 'schemathesis';
/** How many requests of each kind it makes up for each operation. */
const FUZZ_EXAMPLES = process.env.FUZZ_EXAMPLES ?? '15';
const DEADLINE_MS = 10 * 60_000;

const RANDOM = ['--phases', 'examples,fuzzing,stateful', '--max-examples', FUZZ_EXAMPLES];
/** The limits of each value, each header left out, each method that a path does not have. */
const SYSTEMATIC = ['--phases', 'coverage'];

/** Sends requests to a cluster, and compares the answers with a description. @returns the summary */
async function fuzz(cluster: TestCluster, description: string, options: readonly string[]): Promise<string> {
  const config = ['--config-file', 'schemathesis.toml', '--no-color'];
  const output = await inFolder(SCHEMATHESIS, [...config, 'run', description, '--url', cluster.url, ...options]);
  const summary = output.slice(output.indexOf('API Operations:'));
  if (process.env.FUZZ_EXAMPLES !== undefined) process.stdout.write(`\n${options.join(' ')}\n\n${summary}`);
  return summary;
}

/**
 * The description without what Schemathesis is slow or unable to write in its systematic phase: texts for a pattern that looks
 * ahead, and headers for the pattern of entity tags.
 */
function withoutHardPatterns(): string {
  const folder = mkdtempSync(join(tmpdir(), 'description-'));
  own(() => {
    rmSync(folder, { recursive: true });
  });
  const simplified = JSON.stringify(
    JSON.parse(readFileSync(OPENAPI_FILE, 'utf8'), (key, value: unknown) => {
      if (key === 'pattern' && typeof value === 'string') return value.replace(/\(\?[=!][^()]*\)/g, '');
      const { name } = (value ?? {}) as { name?: unknown };
      if (name !== 'If-Match' && name !== 'If-None-Match') return value;
      return { ...(value as object), schema: { type: 'string', enum: ['*', '"3"', 'W/"3", "4"'] } };
    }),
  );
  const file = join(folder, 'openapi.json');
  writeFileSync(file, simplified);
  return file;
}

const expectNoFinding = (summary: string) => {
  expect(summary).toContain('Selected: 14/14');
  expect(summary).toMatch(/Test cases:\s+\d+ generated, \d+ passed/);
};

describe('random requests get only answers that openapi.json describes', () => {
  it(
    'in open mode',
    async () => {
      const cluster = await startCluster({ gateways: 1 });
      const open = ['--exclude-checks', 'ignored_auth', '--generation-with-security-parameters', 'false'];
      expectNoFinding(await fuzz(cluster, OPENAPI_FILE, [...open, ...RANDOM]));
    },
    DEADLINE_MS,
  );

  describe('with a token of staff', () => {
    const secret = randomBytes(32).toString('hex');
    let cluster: TestCluster;
    let header: string[];

    beforeAll(async () => {
      cluster = await startCluster({ gateways: 1, settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
      const token = await mintToken({ secret, role: 'staff', sub: 'sam', expiresIn: 3_600 });
      header = ['--header', `Authorization: Bearer ${token}`];
    });

    it(
      'at random',
      async () => {
        expectNoFinding(await fuzz(cluster, OPENAPI_FILE, [...header, ...RANDOM]));
      },
      DEADLINE_MS,
    );

    it(
      'at the limits of each value, without each header, and with each other method',
      async () => {
        expectNoFinding(await fuzz(cluster, withoutHardPatterns(), [...header, ...SYSTEMATIC]));
      },
      DEADLINE_MS,
    );
  });
});
