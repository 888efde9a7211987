import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Program } from '@galley/testing';

async function npm(...args: string[]): Promise<string> {
  const program = new Program('npm', args);
  expect(await program.exitCode()).toBe(0);
  return program.output;
}

describe('a test script that is given a file', () => {
  it.each([
    ['test', 'libs/access/src/limits/counter.spec.ts'],
    ['test', 'libs/testing/test/client.e2e-spec.ts'],
    ['test:unit', 'libs/access/src/limits/counter.spec.ts'],
    ['test:e2e', 'libs/testing/test/client.e2e-spec.ts'],
    ['test:system', 'test/system/access/silence.system-spec.ts'],
    ['test:browser', 'test/system/browser/codes.browser-spec.ts'],
    ['test:integration', 'test/system/operations/any-redis.integration-spec.ts'],
    ['test:compose', 'test/system/operations/front.compose-spec.ts'],
    ['test:k8s', 'k8s/test/network.spec.ts'],
  ])('runs that file alone: npm run %s -- %s', async (script, file) => {
    const listed = await npm('run', '--silent', script, '--', file, '--listTests');
    expect(listed.split('\n').filter((line) => line.endsWith('.ts'))).toEqual([resolve(file)]);
  });

  it('runs the one test of it that -t names', async () => {
    const told = await npm('test', '--', 'libs/access/src/limits/counter.spec.ts', '-t', 'never counts below zero');
    expect(told).toMatch(/^Tests: +1 skipped, 1 passed, 2 total$/m);
  });
});
