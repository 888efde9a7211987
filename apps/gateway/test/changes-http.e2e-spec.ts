import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { own, TestClient, waitFor } from '@galley/testing';
import { EventStreams } from '../src/connections/event-streams.js';
import { aChange, startGateways, type Gateways } from './gateways.js';
import { StreamClient } from './stream-client.js';

const ORIGIN = 'https://shop.example';
const PROBLEM = 'application/problem+json; charset=utf-8';
const GET_CHANGES = 'GET /changes HTTP/1.1\r\nHost: localhost\r\n\r\n';
const UPGRADE =
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

let gateways: Gateways;
let url: string;
let streams: EventStreams | undefined;
let orders = 0;

beforeAll(async () => {
  gateways = await startGateways(['one'], { ALLOWED_ORIGINS: ORIGIN, MAX_ROOMS: '3' });
  [url = ''] = gateways.urls;
  streams = gateways.apps[0]?.get(EventStreams, { strict: false });
});
afterAll(() => gateways.close());

/** A client that sends these bytes, and need not speak HTTP. */
function send(bytes: string) {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  own(() => socket.destroy());
  const client = { socket, received: '', hasEnded: false };
  socket.on('data', (data) => (client.received += data.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('close', () => (client.hasEnded = true));
  socket.write(bytes);
  return client;
}
type RawClient = ReturnType<typeof send>;

const ready = ({ received }: RawClient) => received.includes('\nevent: ready\n');

/** Waits until a client gets a change that is made now. */
async function mustBeLive(client: RawClient): Promise<void> {
  await waitFor(() => ready(client), 'ready');
  const order = `order-${++orders}`;
  await gateways.feed.append([aChange(order, 1)]);
  await waitFor(() => client.received.includes(order), 'the change');
}

const problemOf = async (path: string, init?: RequestInit) => {
  const answer = await fetch(`${url}${path}`, init);
  const { code } = (await answer.json()) as { code: string };
  return [answer.status, code, answer.headers.get('content-type')];
};

describe('a stream', () => {
  it.each([
    ['of HTTP/1.0', 'GET /changes HTTP/1.0\r\nHost: localhost\r\n\r\n'],
    ['in absolute form', 'GET http://localhost/changes HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['that keeps its connection', GET_CHANGES.replace('\r\n\r\n', '\r\nConnection: keep-alive\r\n\r\n')],
    ['that accepts compression', GET_CHANGES.replace('\r\n\r\n', '\r\nAccept-Encoding: gzip, br\r\n\r\n')],
    ['that accepts another type', GET_CHANGES.replace('\r\n\r\n', '\r\nAccept: application/json\r\n\r\n')],
    ['with a body', `${GET_CHANGES.replace('\r\n\r\n', '\r\nContent-Length: 5\r\n\r\n')}hello`],
    [
      'with a body in chunks',
      `${GET_CHANGES.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n')}3\r\nabc\r\n0\r\n\r\n`,
    ],
    ['with an expectation', GET_CHANGES.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n')],
    ['after another request', `${GET_CHANGES.replace('/changes', '/health/live')}${GET_CHANGES}`],
  ])('is the same, and as live, for a request %s', async (_what, request) => {
    const client = send(request);
    await mustBeLive(client);
    const head = client.received.slice(client.received.lastIndexOf('HTTP/1.1 200'));
    expect(head).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[^]*\r\ncontent-type: text\/event-stream\r\n[^]*\r\n\r\nretry: \d+\n\n/i,
    );
    expect(head).toMatch(/\r\nconnection: close\r\n/i);
    expect(head).not.toMatch(/\r\n(content-length|transfer-encoding|content-encoding|keep-alive):/i);
    expect(client.hasEnded).toBe(false);
    client.socket.destroy();
  });

  it('begins with one write if nothing was missed', async () => {
    const client = send(GET_CHANGES);
    let reads = 0;
    client.socket.on('data', () => reads++);
    await waitFor(() => ready(client), 'ready');
    expect(reads).toBe(1);
    client.socket.destroy();
  });

  it('goes on while its client sends a large body, which is dropped', async () => {
    const bytes = 8 * 1024 * 1024;
    const client = send(GET_CHANGES.replace('\r\n\r\n', `\r\nContent-Length: ${bytes}\r\n\r\n`));
    await mustBeLive(client);
    client.socket.write('x'.repeat(bytes));
    await waitFor(() => client.socket.writableLength === 0, 'the body to be read');
    await mustBeLive(client);
    client.socket.destroy();
  });

  it('ends if its request does not', async () => {
    const client = send(`${GET_CHANGES.replace('\r\n\r\n', '\r\nContent-Length: 100\r\n\r\n')}x`);
    await mustBeLive(client);
    await waitFor(() => client.hasEnded, 'the end');
  });

  it('gets the head alone with HEAD', async () => {
    const before = streams?.counts.opened;
    const answer = await fetch(`${url}/changes`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(await answer.text()).toBe('');
    expect(streams?.counts.opened).toBe(before);
  });

  it('is forgotten when its client goes away', async () => {
    await waitFor(() => streams?.size === 0, 'the other streams to be forgotten');
    const client = send(GET_CHANGES);
    await mustBeLive(client);
    expect(streams?.size).toBe(1);
    client.socket.end();
    await waitFor(() => streams?.size === 0, 'the stream to be forgotten');
  });
});

/** As much as makes its address one whose input is read piece by piece. */
const TOO_MUCH = GET_CHANGES.replace('/changes', '/health/live').repeat(300);

describe.each([
  ['a client', ''],
  ['a client of an address that has pipelined too much', TOO_MUCH],
])('%s that sends something else on the connection of its stream', (_who, before) => {
  const ELSE: [string, string][] = [
    ['another request', GET_CHANGES],
    ['a WebSocket', UPGRADE],
    ['garbage', 'garbage\r\n\r\n'],
  ];

  beforeAll(async () => {
    if (before === '') return;
    const client = send(before);
    await waitFor(() => client.hasEnded, 'the end');
  });

  it.each(ELSE)('is cut off: %s, at once', async (_what, more) => {
    const client = send(GET_CHANGES + more);
    await waitFor(() => client.hasEnded, 'the end');
    expect(client.received).not.toContain('HTTP/1.1 101');
  });

  it.each(ELSE)('is cut off: %s, later', async (_what, more) => {
    const client = send(GET_CHANGES);
    await mustBeLive(client);
    client.socket.write(more);
    await waitFor(() => client.hasEnded, 'the end');
    expect(client.received.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  });

  it('hinders nobody else', async () => {
    await mustBeLive(send(GET_CHANGES));
    (await TestClient.connect(url)).close();
  });
});

describe('a request that is no stream', () => {
  it.each([
    ['more orders than one connection may follow', '?orderId=a&orderId=b&orderId=c&orderId=d', 429, 'too_many_rooms'],
    ['an order id that is none', '?orderId=%20', 400, 'invalid_request'],
    ['an unknown parameter', '?token=secret', 400, 'invalid_request'],
    ['a position that is too long', `?since=${'x'.repeat(500)}`, 400, 'invalid_request'],
    ['two positions', '?since=a:1:b&since=a:2:c', 400, 'invalid_request'],
    ['two answers to a question', '?feed=true&feed=false', 400, 'invalid_request'],
  ])('is refused with a problem document: %s', async (_what, query, status, code) => {
    expect(await problemOf(`/changes${query}`)).toEqual([status, code, PROBLEM]);
  });

  it('is refused for a Last-Event-ID that is too long', async () => {
    const headers = { 'last-event-id': 'x'.repeat(500) };
    expect(await problemOf('/changes', { headers })).toEqual([400, 'invalid_request', PROBLEM]);
  });

  it('is refused to a page of a foreign origin', async () => {
    const headers = { origin: 'https://evil.example' };
    expect(await problemOf('/changes', { headers })).toEqual([403, 'forbidden', PROBLEM]);
    const asking = { ...headers, 'access-control-request-method': 'GET' };
    expect(await problemOf('/changes', { method: 'OPTIONS', headers: asking })).toEqual([403, 'forbidden', PROBLEM]);
  });

  it('is refused for a method that the route does not have', async () => {
    expect(await problemOf('/changes', { method: 'POST' })).toEqual([405, 'method_not_allowed', PROBLEM]);
  });
});

describe('a page of another origin', () => {
  const preflight = (gateway: string) =>
    fetch(`${gateway}/changes`, {
      method: 'OPTIONS',
      headers: {
        ...{ origin: ORIGIN, 'access-control-request-method': 'GET' },
        'access-control-request-headers': 'authorization,last-event-id',
      },
    });

  it('is told what it may do, and reads the stream and its refusals', async () => {
    const answer = await preflight(url);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(answer.headers.get('access-control-allow-headers')).toBe('authorization,last-event-id');
    const { headers } = await StreamClient.open(url, '', { headers: { origin: ORIGIN } });
    expect([headers['access-control-allow-origin'], headers.vary]).toEqual([ORIGIN, 'Origin']);
    const refused = await fetch(`${url}/changes?token=secret`, { headers: { origin: ORIGIN } });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([400, ORIGIN]);
  });

  it('may do nothing where no other origins are allowed', async () => {
    const { urls } = await startGateways(['closed']);
    const [closed = ''] = urls;
    expect((await preflight(closed)).status).toBe(403);
    expect((await fetch(`${closed}/changes`, { headers: { origin: ORIGIN } })).status).toBe(403);
    const answer = await fetch(`${closed}/changes`, { method: 'OPTIONS' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const { headers } = await StreamClient.open(closed, '', { headers: { origin: closed } });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});
