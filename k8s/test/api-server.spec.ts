import { spawnSync } from 'node:child_process';
import { expect, it } from '@jest/globals';
import { Rendering } from './rendering.js';

const { text } = Rendering.of('overlays/dev');

/** Validates manifests as an API server would. */
function check(manifests: string): { status: number | null; counts: string; faults: string } {
  const { status, stdout, stderr, error } = spawnSync('api-server-check', { input: manifests, encoding: 'utf8' });
  if (error) throw error;
  return { status, counts: stdout, faults: stderr };
}

it('counts the objects of each kind', () => {
  const { status, counts, faults } = check(text);
  expect([status, faults]).toEqual([0, '']);
  expect(counts).toMatch(/^ +3 apps\/v1, Kind=Deployment$/m);
});

it.each([
  ['a field that does not exist', 'minReadySeconds:', 'minReadySecond:', 'unknown field "spec.minReadySecond"'],
  ['a key that is given twice', 'minReadySeconds: 30', 'minReadySeconds: 30\n  minReadySeconds: 30', 'already set'],
  ['a value of another type', 'minReadySeconds: 30', "minReadySeconds: 'thirty'", 'cannot unmarshal string'],
  ['a value that only the server refuses', 'maxSurge: 100%', 'maxSurge: 0', 'may not be 0 when `maxSurge` is 0'],
  [
    'a deadline that comes too early',
    'minReadySeconds: 30',
    'minReadySeconds: 700',
    'must be greater than minReadySeconds',
  ],
  ['a name that is none', 'name: gateway\n  namespace', 'name: Gate_way\n  namespace', 'metadata.name: Invalid value'],
  ['a pod that may become root', 'runAsNonRoot: true', 'runAsNonRoot: false', 'violates PodSecurity restricted'],
  ['a kind that is not known', 'kind: Job', 'kind: Jab', 'no kind "Jab" is registered'],
])('refuses %s', (_what, valid, invalid, fault) => {
  expect(text).toContain(valid);
  const { status, faults } = check(text.replace(valid, invalid));
  expect(status).toBeGreaterThan(0);
  expect(faults).toContain(fault);
});

it('refuses to accept nothing', () => {
  expect(check('')).toMatchObject({ status: 2, faults: 'there are no manifests\n' });
});
