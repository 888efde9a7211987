import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { EventSource } from 'undici';
import { mintToken } from '@galley/access';
import { own, Program, waitFor } from '@galley/testing';
import { EventStreamParser, type StreamEvent } from '@galley/verification';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { printedIn } from './documents.js';

const PRINTED_URL = 'http://localhost:3000';

const commands = printedIn('docs/CHANGES_OVER_HTTP.md', 'Changes over plain HTTP', 'sh').map((command) =>
  command.trim(),
);

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await startCluster();
});

/** Runs a command of the documentation at the test's own cluster. */
const run = (command: string, env?: NodeJS.ProcessEnv) =>
  new Program('sh', ['-c', `exec ${command.replace(PRINTED_URL, cluster.url)}`], env);

/** Places an order, changes it, and deletes it. */
async function moveOrder(orderId: string): Promise<void> {
  await cluster.orders.place({ orderId });
  await cluster.orders.change(orderId, { status: 'Delivery' });
  await cluster.orders.change(orderId, { closed: true });
  await cluster.orders.remove(orderId);
}

async function startProxy(): Promise<FaultProxy> {
  const proxy = await FaultProxy.start(cluster.url);
  own(() => proxy.close());
  return proxy;
}

type Tell = (name: string, payload: { orderId?: string }) => void;
type Reader = (url: string, token: string | undefined, tell: Tell, signal: AbortSignal) => Promise<void>;

async function importReader(): Promise<Reader> {
  const { href } = pathToFileURL(resolve('docs/examples/read-changes.mjs'));
  return ((await import(href)) as { readChanges: Reader }).readChanges;
}

describe('the examples of docs/CHANGES_OVER_HTTP.md', () => {
  it('show each event in a terminal, and continue there', async () => {
    const [watch = '', resume = ''] = commands;
    expect(commands).toHaveLength(2);
    const first = run(watch);
    await first.says('event: ready');
    await moveOrder('terminal');
    await first.says('event: orderDeleted');
    first.kill('SIGTERM');
    const events: StreamEvent[] = [];
    new EventStreamParser({ event: (event) => events.push(event) }).push(Buffer.from(first.output));
    const { lastEventId } = events.find(({ name }) => name === 'terminal/update') ?? {};
    const second = run(resume, { LAST_ID: lastEventId });
    await second.says('event: ready');
    expect(second.output.match(/^event: (?!ready|feed).*$/gm)).toEqual([
      ...['event: orderUpdated', 'event: terminal/update', 'event: orderDeleted'],
    ]);
  });

  it('read with fetch, through a lost connection', async () => {
    const readChanges = await importReader();
    const proxy = await startProxy();
    const leave = new AbortController();
    const told: string[] = [];
    const tell: Tell = (name, { orderId }) => void told.push(`${name} ${orderId ?? ''}`);
    const reading = readChanges(proxy.url, undefined, tell, leave.signal);
    const isTold = (event: string) => waitFor(() => told.includes(event), event);
    await isTold('ready ');
    await cluster.orders.place({ orderId: 'before' });
    await isTold('orderCreated before');
    proxy.cut();
    await cluster.orders.place({ orderId: 'between' });
    await isTold('orderCreated between');
    expect(told.filter((event) => event.startsWith('order'))).toEqual(['orderCreated before', 'orderCreated between']);
    leave.abort();
    await reading;
  });

  it('read with a token, and say why a reader is refused', async () => {
    const secret = randomBytes(32).toString('hex');
    const { url } = await startCluster({ gateways: 1, settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
    const token = await mintToken({ secret, role: 'screen', sub: 'wall', expiresIn: 600 });
    await new Program('python3', ['docs/examples/changes.py', url], { GALLEY_TOKEN: token }).says('ready {');
    const readChanges = await importReader();
    const leave = new AbortController();
    const told: string[] = [];
    const reading = readChanges(url, token, (name) => void told.push(name), leave.signal);
    await waitFor(() => told.includes('ready'), 'ready');
    leave.abort();
    await reading;
    const refused = readChanges(url, 'nonsense', () => undefined, new AbortController().signal);
    await expect(refused).rejects.toThrow('The token is invalid');
  });

  it('run in a page, through a lost connection', async () => {
    const [, script = ''] = /<script>([^]*)<\/script>/.exec(readFileSync('docs/examples/changes.html', 'utf8')) ?? [];
    const rows: { textContent: string }[] = [];
    const list = { prepend: (row: { textContent: string }) => rows.unshift(row) };
    const document = { getElementById: () => list, createElement: () => ({ textContent: '' }) };
    const proxy = await startProxy();
    const sources: EventSource[] = [];
    class PageEventSource extends EventSource {
      constructor(url: string) {
        super(url);
        sources.push(this);
        own(() => {
          this.close();
        });
      }
    }
    const ready = () => once(sources[0] as unknown as EventTarget, 'ready');
    runInNewContext(script.replace(PRINTED_URL, new URL(proxy.url).origin), { EventSource: PageEventSource, document });
    await ready();
    await cluster.orders.place({ orderId: 'page' });
    await waitFor(() => rows.length === 1, 'the first row of the page');
    proxy.cut();
    await cluster.orders.change('page', { status: 'Delivery' });
    await cluster.orders.change('page', { closed: true });
    await cluster.orders.remove('page');
    await waitFor(() => rows.length === 4, 'the rows of the page');
    expect(rows.map((row) => row.textContent)).toEqual(['page: gone', 'page: closed', 'page: Delivery', 'page: new']);
  });

  it('run in Python', async () => {
    const python = new Program('python3', ['docs/examples/changes.py', cluster.url]);
    await python.says('ready {');
    await moveOrder('python');
    await python.says('orderDeleted {');
    expect(python.output.match(/^\S+(?= )/gm)?.filter((name) => /order|update/.test(name))).toEqual([
      ...['orderCreated', 'orderUpdated', 'python/update', 'orderUpdated', 'python/update', 'orderDeleted'],
    ]);
  });
});
