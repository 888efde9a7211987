import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { alertRules } from '../harness/alert-rules.js';
import { containersOf, docker, GALLEY_GATEWAYS } from '../harness/compose-stack.js';

const FILES = ['docker-compose.yml', 'test/system/operations/rehearsal/prometheus-from-debian.yml'];

const compose = (...args: string[]) =>
  docker('compose', ...FILES.flatMap((file) => ['--file', file]), '--profile', 'observability', ...args);

/** What Prometheus answers, asked from inside, because only the apps share a network with it. */
async function ask<T>(path: string): Promise<T> {
  const program = `fetch('http://127.0.0.1:9090/api/v1/${path}').then((answer) => answer.text()).then(console.log)`;
  const text = await compose('exec', '--no-TTY', 'prometheus', 'node', '--eval', program);
  return (JSON.parse(text) as { data: T }).data;
}

beforeAll(() => compose('--progress', 'quiet', 'up', '--detach', '--no-deps', 'prometheus'), 120_000);
afterAll(() => compose('--progress', 'quiet', 'rm', '--stop', '--force', '--volumes', 'prometheus'), 120_000);

it('reads the metrics of every replica of the stack, and has the alerts', async () => {
  const replicas = (await containersOf('orders-api')).length + Number(GALLEY_GATEWAYS);
  const areUp = async () => {
    const { activeTargets } = await ask<{ activeTargets: { health: string }[] }>('targets');
    return activeTargets.length === replicas && activeTargets.every(({ health }) => health === 'up');
  };
  await waitFor(areUp, 'every replica to be read', 90_000);
  const { groups } = await ask<{ groups: { rules: { name: string }[] }[] }>('rules');
  // Prometheus sorts the groups by their names.
  expect(groups.flatMap(({ rules }) => rules.map(({ name }) => name)).toSorted()).toEqual(
    alertRules()
      .rules.map(({ alert }) => alert)
      .toSorted(),
  );
  const { result } = await ask<{ result: object[] }>('query?query=galley_feed_live==1');
  expect(result).toHaveLength(Number(GALLEY_GATEWAYS));
}, 120_000);
