import { expect, it } from '@jest/globals';
import { judgeVersions, type RunningVersion } from './versions.js';

const running = (service: string, version: string, revision?: string): RunningVersion => ({
  ...{ service, instance: 'one', version, revision, node: 'v24.1.0' },
});

it('tells one version of all processes', () => {
  const all = [running('orders-api', '0.3.0'), running('gateway', '0.3.0'), running('gateway', '0.3.0')];
  expect(judgeVersions(all, [])).toMatchObject({
    ...{ level: 'ok', found: 'orders-api 0.3.0 on Node 24.1.0, 2 gateway 0.3.0 on Node 24.1.0' },
  });
});

it.each([
  ['versions', running('gateway', '0.2.0', 'abc')],
  ['commits', running('gateway', '0.3.0', 'def')],
])('warns of different %s', (_what, other) => {
  expect(judgeVersions([running('orders-api', '0.3.0', 'abc'), other], [])).toMatchObject({ level: 'warn' });
});

it('names the process that does not tell its version', () => {
  expect(judgeVersions([], [{ url: 'http://10.0.0.1:9464', reason: 'connect ECONNREFUSED' }])).toMatchObject({
    ...{ level: 'fail', found: 'http://10.0.0.1:9464 does not tell its version: connect ECONNREFUSED' },
  });
});
