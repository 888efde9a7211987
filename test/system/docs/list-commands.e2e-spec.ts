import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { startCluster } from '../harness/cluster.js';

const run = promisify(execFile);

/** The commands of the section `Lists` of the README, one by one. */
const [, section = ''] = /^### Lists\n(.*?)^### /ms.exec(readFileSync('README.md', 'utf8')) ?? [];
const [, block = ''] = /^```sh\n(.*?)^```/ms.exec(section) ?? [];
const commands = block.trim().split('\n');

it('reads lists, counts and CSV with the commands of the documentation', async () => {
  const { url, orders } = await startCluster({ gateways: 1 });
  await orders.place({ orderId: 'due', title: 'Annual report', estimatedDate: '2026-12-24' });
  await orders.place({ orderId: 'later', title: 'Annual report', estimatedDate: '2026-12-25' });
  await orders.place({ orderId: 'delivered', title: 'Flyers', status: 'Delivery' });
  await orders.change('delivered', { closed: true });
  const execute = async (command = '') =>
    (await run('sh', ['-c', command.replaceAll('http://localhost:3000', url)])).stdout;
  expect(commands).toHaveLength(3);
  expect(JSON.parse(await execute(commands[0]))).toMatchObject({ orders: [{ orderId: 'due' }] });
  expect(JSON.parse(await execute(commands[1]))).toMatchObject({ total: 2, isComplete: true });
  const [header, ...rows] = (await execute(commands[2])).trim().split('\r\n');
  expect(header).toMatch(/^orderId,customerId,/);
  expect(rows).toEqual([expect.stringMatching(/^delivered,/)]);
});
