import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { docker, GALLEY_GATEWAYS } from '../harness/compose-stack.js';

it('examines the stack from a container of the orders API, as it is printed', async () => {
  const [, command = ''] =
    /\| Compose +\| `docker (compose exec [^`]+)`/.exec(readFileSync('docs/OPERATIONS.md', 'utf8')) ?? [];
  // Without a terminal, `exec` has to be told so.
  const told = await docker(...command.replace('exec', 'exec -T').split(' '));
  expect(told).toContain(`gateways      ${GALLEY_GATEWAYS} found`);
  expect(told).toMatch(/0 lost, 0 repeated, 0 reordered$/m);
  for (const subject of ['versions', 'Redis', 'Redis memory', 'Redis disk', 'MongoDB', 'indexes', 'outbox', 'clocks']) {
    expect(told).toMatch(new RegExp(`^ok +${subject}  `, 'm'));
  }
  expect(told).toMatch(/ 0 fail, /);
}, 60_000);
