import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { AuditLog } from '@galley/runtime';
import { own, waitFor } from '@galley/testing';
import { FrontProxy } from '../src/front-proxy.js';

const LIMITS = { total: 1_000, perAddress: 1_000 };

/** How many streams the stand-ins have open. */
let streams = 0;
let url: string;

/** Starts a server that says its name, and at `/changes` begins a stream. */
async function standIn(name: string): Promise<string> {
  const answer: RequestListener = (request, response) => {
    if (request.url !== '/changes') {
      response.end(name);
      return;
    }
    streams++;
    response.once('close', () => streams--);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${name} ${String(request.headers['last-event-id'])}\n\n`);
    setImmediate(() => response.write('data: more\n\n'));
  };
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  own(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  const front = new FrontProxy(LIMITS, new AuditLog({ level: 'fatal', format: 'text', name: 'front' }));
  own(() => front.close());
  url = `http://127.0.0.1:${await front.listen(0, '127.0.0.1')}`;
  const gateways = new Map([
    ['one', await standIn('one')],
    ['two', await standIn('two')],
  ]);
  front.serve({ api: await standIn('api'), gateways });
});

describe('the front proxy', () => {
  it.each(['/orders', '/counts?open=true', '/sessions/ana', '/changesets', '/socket.iox', '//', '/health/live'])(
    'sends %s to the orders API',
    async (path) => {
      expect(await (await fetch(url + path)).text()).toBe('api');
    },
  );

  it('sends new sessions to the gateways in turn, and a known one to its gateway', async () => {
    const nameAt = async (path: string) => (await fetch(url + path)).text();
    const first = await nameAt('/socket.io/');
    expect(new Set([first, await nameAt('/socket.io/')])).toEqual(new Set(['one', 'two']));
    for (let i = 0; i < 3; i++) expect(await nameAt('/socket.io/?sid=two.x')).toBe('two');
  });

  it('gives readers of /changes to the gateways in turn, each event at once, and ends with them', async () => {
    const texts: string[] = [];
    const leave = new AbortController();
    for (let i = 0; i < 2; i++) {
      const { body } = await fetch(`${url}/changes`, {
        headers: { 'last-event-id': 'here' },
        signal: leave.signal,
      });
      void body
        ?.pipeThrough(new TextDecoderStream())
        .pipeTo(new WritableStream({ write: (text) => void texts.push(text) }))
        .catch(() => undefined);
    }
    await waitFor(() => texts.join('').match(/more/g)?.length === 2, 'the events');
    expect(texts.join('')).toContain('data: one here\n\n');
    expect(texts.join('')).toContain('data: two here\n\n');
    expect(streams).toBe(2);
    leave.abort();
    await waitFor(() => streams === 0, 'the streams to end at the gateways');
  });
});
