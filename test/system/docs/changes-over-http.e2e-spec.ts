import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { own, Program, waitFor } from '@galley/testing';
import { EventStreamParser, readChanges, type StreamEvent } from '@galley/verification';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { FaultProxy } from '../harness/fault-proxy.js';

const PRINTED_URL = 'http://localhost:3000';

const text = readFileSync('docs/CHANGES_OVER_HTTP.md', 'utf8');
const commands = [...text.matchAll(/^```sh\n(curl [^`]+)```/gm)].map(([, command = '']) => command.trim());

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

type Tell = (name: string, payload: { orderId?: string }) => void;
type Reader = (url: string, token: string | undefined, tell: Tell) => Promise<void>;

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
    const { readChanges: read } = (await import(pathToFileURL(resolve('docs/examples/read-changes.mjs')).href)) as {
      readChanges: Reader;
    };
    const proxy = await FaultProxy.start(cluster.url);
    own(() => proxy.close());
    const told: string[] = [];
    void read(proxy.url, undefined, (name, { orderId }) => told.push(`${name} ${orderId ?? ''}`));
    const isTold = (event: string) => waitFor(() => told.includes(event), event);
    await isTold('ready ');
    await cluster.orders.place({ orderId: 'before' });
    await isTold('orderCreated before');
    proxy.cut();
    await cluster.orders.place({ orderId: 'between' });
    await isTold('orderCreated between');
    expect(told.filter((event) => event.startsWith('order'))).toEqual(['orderCreated before', 'orderCreated between']);
  });

  it('run in a page', async () => {
    const [, script = ''] = /<script>([^]*)<\/script>/.exec(readFileSync('docs/examples/changes.html', 'utf8')) ?? [];
    const rows: { textContent: string }[] = [];
    const handlers = new Map<string, (event: { data: string }) => void>();
    let isReady = false;
    class EventSource {
      addEventListener = handlers.set.bind(handlers);
      constructor(url: string) {
        const leave = new AbortController();
        own(() => {
          leave.abort();
        });
        void readChanges({
          ...{ url: url.replace(/\/changes$/, ''), signal: leave.signal },
          event: ({ name, data }) => {
            isReady ||= name === 'ready';
            handlers.get(name)?.({ data });
          },
        }).catch(() => undefined);
      }
    }
    const list = { prepend: (row: { textContent: string }) => rows.unshift(row) };
    const document = { getElementById: () => list, createElement: () => ({ textContent: '' }) };
    runInNewContext(script.replace(PRINTED_URL, cluster.url), { EventSource, document, JSON });
    await waitFor(() => isReady, 'ready');
    await moveOrder('page');
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
