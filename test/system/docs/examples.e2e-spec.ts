import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { own, Program } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { printedIn } from './documents.js';

const index = readFileSync('examples/README.md', 'utf8');

/** The one command of each example, as its README prints it. */
const COMMANDS = {
  curl: printedIn('examples/curl/README.md', 'A job, by curl'),
  node: printedIn('examples/node/README.md', 'Telling customers, in Node'),
  python: printedIn('examples/python/README.md', 'Recording every change, in Python'),
};

function commandOf(example: keyof typeof COMMANDS): string {
  const command = (COMMANDS[example][0] ?? '').trim();
  expect(index).toContain(`\`${command}\``);
  return command;
}

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
});

function run(example: keyof typeof COMMANDS, url = cluster.url, ...args: string[]): Program {
  return new Program('sh', ['-c', ['exec', commandOf(example), ...args].join(' ')], { GALLEY_URL: url });
}

describe('the command of an example', () => {
  it('takes a job through the shop with curl', async () => {
    const job = run('curl');
    expect(await job.exitCode()).toBe(0);
    expect(job.output.match(/^PATCH .*$/gm)).toHaveLength(5);
    const [, orderId = ''] = /"orderId":"(job-[\d-]+)"/.exec(job.output) ?? [];
    expect((await cluster.orders.get(orderId)).body).toMatchObject({ revision: 6, closedAt: expect.any(String) });
  });

  it('ends with an error where curl is refused', async () => {
    const job = run('curl', `${cluster.url}/nowhere`);
    expect(await job.exitCode()).not.toBe(0);
    expect(job.output).toContain('There is no such route');
  });

  it('tells in Node who waits for what, once', async () => {
    const program = run('node');
    await program.says('live');
    await cluster.orders.place({ orderId: 'to-tell', customerId: 'ana', title: 'Posters', quantity: 20 });
    await cluster.orders.change('to-tell', { status: 'Delivery' });
    await cluster.orders.change('to-tell', { quantity: 30 });
    await cluster.orders.place({ orderId: 'last', customerId: 'ben', title: 'Cards', quantity: 1, status: 'Delivery' });
    await program.says('ben: Cards');
    const lines = program.output.split('\n').filter((line) => line.includes('is on its way'));
    expect(lines).toEqual(['ana: Posters, 20 copies, is on its way', 'ben: Cards, 1 copies, is on its way']);
    program.kill('SIGINT');
    expect(await program.exitCode()).toBe(0);
  });

  it('records each change once in Python, through a lost connection and a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'galley-record-'));
    own(() => {
      rmSync(folder, { recursive: true });
    });
    const proxy = await FaultProxy.start(cluster.url);
    own(() => proxy.close());
    const database = join(folder, 'changes.db');
    const first = run('python', proxy.url, database);
    await first.says('recording');
    await cluster.orders.place({ orderId: 'recorded' });
    await first.says('recorded 1 orderCreated');
    proxy.cut();
    await cluster.orders.change('recorded', { status: 'Delivery' });
    await first.says('recorded 2 orderUpdated');
    first.kill('SIGINT');
    expect(await first.exitCode()).toBe(0);
    await cluster.orders.remove('recorded');
    const second = run('python', proxy.url, database);
    await second.says('recorded 3 orderDeleted');
    second.kill('SIGINT');
    await second.exitCode();
    const told = (first.output + second.output).match(/^recorded .*$/gm);
    expect(told).toEqual(['recorded 1 orderCreated', 'recorded 2 orderUpdated', 'recorded 3 orderDeleted']);
  });
});
