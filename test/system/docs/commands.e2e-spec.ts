import { beforeAll, describe, expect, it } from '@jest/globals';
import { type BatchOutcomes, type Order, type OrderHistory } from '@galley/contracts';
import { Program, TestClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { commandsOf, printedIn } from './documents.js';
import { Terminal } from './terminal.js';

let cluster: TestCluster;
let terminal: Terminal;
beforeAll(async () => {
  cluster = await startCluster();
  terminal = new Terminal(cluster.url);
});

it('shows on the front page what its three terminals print', async () => {
  const [listen = '', write = ''] = printedIn('README.md', 'Try it', 'sh');
  const second = new Program('sh', ['-c', `exec ${terminal.here(listen)}`]);
  await second.says('event: ready');
  const watcher = new Program('node', ['docs/examples/watch.mjs', cluster.url]);
  await watcher.says('connected');
  const third = commandsOf(write);
  expect(third).toHaveLength(2);
  for (const command of third) await terminal.run(command);
  await second.says('event: job-1/update');
  expect(second.output.match(/^event: (?!ready|feed).*$/gm)).toEqual([
    ...['event: orderCreated', 'event: orderUpdated', 'event: job-1/update'],
  ]);
  await watcher.says('job-1/update');
});

describe('docs/REST.md', () => {
  it('reads lists, counts and CSV', async () => {
    const { orders } = cluster;
    await orders.place({ orderId: 'due', title: 'Annual plan', estimatedDate: '2026-12-23' });
    await orders.place({ orderId: 'later', title: 'Annual plan', estimatedDate: '2026-12-25' });
    await orders.place({ orderId: 'delivered', title: 'Flyers', status: 'Delivery' });
    const commands = commandsOf(printedIn('docs/REST.md', 'Lists')[0] ?? '');
    expect(commands).toHaveLength(3);
    const { orders: listed } = await terminal.json<{ orders: Order[] }>(commands[0] ?? '');
    expect(listed.map(({ orderId }) => orderId)).toContain('due');
    expect(listed.map(({ orderId }) => orderId)).not.toContain('later');
    expect(await terminal.json(commands[1] ?? '')).toMatchObject({ isComplete: true });
    const [header, ...rows] = (await terminal.run(commands[2] ?? '')).trim().split('\r\n');
    expect(header).toMatch(/^orderId,customerId,/);
    expect(rows).toEqual([expect.stringMatching(/^delivered,/)]);
  });

  it('undoes a change, and a close', async () => {
    // The front page has placed and moved it.
    const commands = printedIn('docs/REST.md', 'Undo').flatMap(commandsOf);
    expect(commands).toHaveLength(4);
    const { history } = await terminal.json<OrderHistory>(commands[0] ?? '');
    expect(history).toMatchObject([
      { revision: 2, status: 'In Printing' },
      { revision: 1, status: 'In Production' },
    ]);
    const undone = await terminal.json<Order>(commands[1] ?? '');
    expect(undone).toMatchObject({ revision: 3, status: 'In Production' });
    expect(undone).not.toHaveProperty('estimatedDate');
    expect(await terminal.json(commands[2] ?? '')).toHaveProperty('closedAt');
    const opened = await terminal.json<Order>(commands[3] ?? '');
    expect(opened).toMatchObject({ revision: 5 });
    expect(opened).not.toHaveProperty('closedAt');
    expect(await terminal.json(commands[3] ?? '')).toMatchObject({ code: 'precondition_failed' });
  });

  it('carries out a batch, and its repetition, as it says', async () => {
    const [command = ''] = printedIn('docs/REST.md', 'Batches', 'sh');
    const first = await terminal.json<BatchOutcomes>(command);
    expect(first.outcomes).toMatchObject([
      { status: 201, order: { orderId: 'job-21', revision: 1 } },
      { status: 400, problem: { detail: 'order.quantity must be at least 1' } },
      { status: 200, order: { orderId: 'job-21', revision: 2, status: 'In Printing' } },
    ]);
    expect(await terminal.json(command)).toEqual(first);
  });

  it('answers a repetition as it has answered the first time', async () => {
    const [command = ''] = printedIn('docs/REST.md', 'Repetitions');
    const bodyOf = (answer: string) => JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as Order;
    const first = await terminal.run(command);
    expect(first).toMatch(/^HTTP\/1.1 201 /);
    expect(bodyOf(await terminal.run(command))).toEqual(bodyOf(first));
  });
});

it('says how a process is, as docs/TROUBLESHOOTING.md begins', async () => {
  const [command = ''] = printedIn('docs/TROUBLESHOOTING.md', 'Troubleshooting');
  expect(await terminal.json(command)).toMatchObject({ status: 'ok' });
});

it('makes the tracking link of docs/EMBEDDING.md', async () => {
  const [command = ''] = printedIn('docs/EMBEDDING.md', 'A link');
  expect(await terminal.json(command)).toMatchObject({
    orderId: 'job-1',
    url: expect.stringContaining('/track/job-1#'),
  });
});

it('resumes by hand, as docs/RESUME.md shows what goes over the wire', async () => {
  const [commands = ''] = printedIn('docs/RESUME.md', 'Over Socket.IO', 'sh');
  const watcher = await TestClient.connect(cluster.url);
  await cluster.orders.place({ orderId: 'wire' });
  const { position } = await watcher.event('orderCreated', ({ orderId }) => orderId === 'wire');
  watcher.close();
  const client = new Terminal(cluster.url, { LAST_ID: position ?? '' });
  await cluster.orders.change('wire', { status: 'Packaging' });
  const [open = '', connect = '', poll = ''] = commandsOf(commands);
  await client.set(open);
  expect(await client.run(connect)).toBe('ok');
  let packets: string[] = [];
  while (!packets.some((packet) => packet.startsWith('42["ready"'))) {
    packets = [...packets, ...(await client.run(poll)).split('\u001e')];
  }
  expect(packets.map((packet) => /^\d+(\["[^"]+")?/.exec(packet)?.[0])).toEqual([
    ...['40', '42["orderUpdated"', '42["wire/update"', '42["ready"'],
  ]);
});
