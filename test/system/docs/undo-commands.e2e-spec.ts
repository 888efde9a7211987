import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { type Order, type OrderHistory } from '@galley/contracts';
import { startCluster } from '../harness/cluster.js';

const run = promisify(execFile);

/** The commands of the section `Undo` of the README, one by one. */
const [, section = ''] = /^### Undo\n(.*?)^## /ms.exec(readFileSync('README.md', 'utf8')) ?? [];
const commands = [...section.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) =>
  block.trim().split(/(?<!\\)\n/),
);

it('undoes a change, and a close, with the commands of the documentation', async () => {
  const { url, orders } = await startCluster({ gateways: 1 });
  await orders.place({ orderId: 'job-1' });
  await orders.change('job-1', { status: 'In Printing', estimatedDate: '2026-12-24', message: 'On the press' });
  const execute = async (command = '') => {
    const { stdout } = await run('sh', ['-c', command.replaceAll('http://localhost:3000', url)]);
    return JSON.parse(stdout) as Order & OrderHistory;
  };
  expect(commands).toHaveLength(4);
  const { history } = await execute(commands[0]);
  expect(history).toMatchObject([
    { revision: 2, status: 'In Printing' },
    { revision: 1, status: 'In Production' },
  ]);
  const undone = await execute(commands[1]);
  expect(undone).toMatchObject({ revision: 3, status: 'In Production' });
  expect(undone).not.toHaveProperty('estimatedDate');
  expect(await execute(commands[2])).toHaveProperty('closedAt');
  const opened = await execute(commands[3]);
  expect(opened).toMatchObject({ revision: 5 });
  expect(opened).not.toHaveProperty('closedAt');
  expect(await execute(commands[3])).toMatchObject({ code: 'precondition_failed' });
});
