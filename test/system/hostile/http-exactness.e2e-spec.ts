import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problem } from '@galley/contracts';
import { exchange, OrdersClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

/** The ports of one cluster: each of its processes must answer in the same way. */
type Port = 'api' | 'gateway' | 'front';
const ALL: Port[] = ['api', 'gateway', 'front'];
const REST: Port[] = ['api', 'front'];
const SOCKET_IO: Port[] = ['gateway', 'front'];

interface Exact {
  what: string;
  ports: Port[];
  line: string;
  headers?: string[];
  body?: string | Buffer;
  status: number;
  code?: string;
  allow?: string;
}

const JSON_TYPE = 'Content-Type: application/json';
const ORDER = JSON.stringify({ customerId: 'ana', title: 'Menu', quantity: 1 });
const H2C = ['Connection: Upgrade, HTTP2-Settings, close', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'];
const POLLING = '/socket.io/?EIO=4&transport=polling';

const TABLE: Exact[] = [
  { what: 'an upgrade to h2c', ports: ALL, line: 'GET /health/live', headers: H2C, status: 200 },
  {
    what: 'an upgrade to h2c of a POST',
    ports: REST,
    line: 'POST /orders',
    headers: [...H2C, JSON_TYPE],
    body: ORDER,
    status: 201,
  },
  { what: 'an upgrade to h2c of polling', ports: SOCKET_IO, line: `GET ${POLLING}`, headers: H2C, status: 200 },
  {
    what: 'a WebSocket where there is none',
    ports: ALL,
    line: 'GET /health/live',
    headers: ['Connection: Upgrade, close', 'Upgrade: websocket'],
    status: 200,
  },
  { what: 'the absolute form', ports: ALL, line: 'GET http://localhost/health/live', status: 200 },
  { what: 'the absolute form of an order', ports: REST, line: 'GET http://localhost:3000/orders?limit=1', status: 200 },
  { what: 'the absolute form of polling', ports: SOCKET_IO, line: `GET http://localhost${POLLING}`, status: 200 },
  {
    what: 'the absolute form with a user',
    ports: ALL,
    line: 'GET http://a:b@localhost/health/live',
    status: 400,
    code: 'invalid_request',
  },
  { what: 'another path', ports: ALL, line: 'GET /nowhere', status: 404, code: 'route_not_found' },
  {
    what: 'another method of an order',
    ports: REST,
    line: 'PUT /orders/a',
    status: 405,
    code: 'method_not_allowed',
    allow: 'DELETE, GET, HEAD, PATCH',
  },
  {
    what: 'another method of the list',
    ports: REST,
    line: 'DELETE /orders',
    status: 405,
    code: 'method_not_allowed',
    allow: 'GET, HEAD, POST',
  },
  {
    what: 'another method of health',
    ports: ALL,
    line: 'POST /health/live',
    status: 405,
    code: 'method_not_allowed',
    allow: 'GET, HEAD',
  },
  {
    what: 'a method that nobody knows',
    ports: ALL,
    line: 'PROPFIND /health/live',
    status: 405,
    code: 'method_not_allowed',
    allow: 'GET, HEAD',
  },
  {
    what: 'another path, with a body that is no JSON',
    ports: ALL,
    line: 'POST /nowhere',
    headers: [JSON_TYPE],
    body: '{',
    status: 404,
    code: 'route_not_found',
  },
  {
    what: 'another method, with a body that is no JSON',
    ports: REST,
    line: 'PUT /orders',
    headers: [JSON_TYPE],
    body: '{',
    status: 405,
    code: 'method_not_allowed',
    allow: 'GET, HEAD, POST',
  },
  {
    what: 'another method, with a body of another type',
    ports: ALL,
    line: 'PUT /health/live',
    headers: ['Content-Type: text/plain'],
    body: 'x',
    status: 405,
    code: 'method_not_allowed',
    allow: 'GET, HEAD',
  },
  {
    what: 'a method that needs a type, without one',
    ports: REST,
    line: 'QUERY /orders',
    status: 405,
    code: 'method_not_allowed',
    allow: 'GET, HEAD, POST',
  },
  {
    what: 'DELETE at Socket.IO',
    ports: SOCKET_IO,
    line: `DELETE ${POLLING}`,
    status: 405,
    code: 'method_not_allowed',
    allow: 'GET, OPTIONS, POST',
  },
  {
    what: 'an unknown session',
    ports: SOCKET_IO,
    line: `GET ${POLLING}&sid=a.b`,
    status: 400,
    code: 'invalid_request',
  },
  {
    what: 'an unknown transport',
    ports: SOCKET_IO,
    line: 'GET /socket.io/?EIO=4&transport=pigeon',
    status: 400,
    code: 'invalid_request',
  },
  {
    what: 'two hosts',
    ports: ALL,
    line: 'GET /health/live',
    headers: ['Host: other.example'],
    status: 400,
    code: 'invalid_request',
  },
  {
    what: 'two tokens',
    ports: ALL,
    line: 'GET /health/live',
    headers: ['Authorization: Bearer a', 'Authorization: Bearer b'],
    status: 400,
    code: 'invalid_request',
  },
  {
    what: 'an expectation',
    ports: ALL,
    line: 'GET /health/live',
    headers: ['Expect: everything'],
    status: 417,
    code: 'expectation_failed',
  },
  {
    what: 'UTF-16',
    ports: REST,
    line: 'POST /orders',
    headers: ['Content-Type: application/json; charset=utf-16'],
    body: Buffer.from(ORDER, 'utf16le'),
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    what: 'a compressed body',
    ports: REST,
    line: 'POST /orders',
    headers: [JSON_TYPE, 'Content-Encoding: gzip'],
    body: ORDER,
    status: 415,
    code: 'unsupported_media_type',
  },
  {
    what: 'invalid UTF-8',
    ports: REST,
    line: 'POST /orders',
    headers: [JSON_TYPE],
    body: Buffer.from(ORDER.replace('Menu', 'M\xe9nu'), 'latin1'),
    status: 400,
    code: 'invalid_request',
  },
  {
    what: 'UTF-8 by its name',
    ports: REST,
    line: 'POST /orders',
    headers: ['Content-Type: application/json; charset="UTF-8"'],
    body: ORDER,
    status: 201,
  },
  {
    what: 'DELETE with a type and no body',
    ports: REST,
    line: 'DELETE /orders/none',
    headers: [JSON_TYPE],
    status: 404,
    code: 'order_not_found',
  },
  {
    what: 'POST without a body where all fields are optional',
    ports: REST,
    line: 'POST /orders/linked/tracking-links',
    status: 201,
  },
  {
    what: 'POST with a type and no body where all fields are optional',
    ports: REST,
    line: 'POST /orders/linked/tracking-links',
    headers: [JSON_TYPE],
    status: 201,
  },
  {
    what: 'POST without a body where fields are required',
    ports: REST,
    line: 'POST /orders',
    status: 400,
    code: 'invalid_request',
  },
  {
    what: 'a body of null',
    ports: REST,
    line: 'POST /orders/linked/tracking-links',
    headers: [JSON_TYPE],
    body: 'null',
    status: 400,
    code: 'invalid_request',
  },
];

const DELETE_AND_POST = /^(DELETE|POST) /;

function bytesOf({ line, headers = [], body = '' }: Exact): Buffer {
  const length = DELETE_AND_POST.test(line) || body !== '' ? [`Content-Length: ${Buffer.byteLength(body)}`] : [];
  const close = headers.some((header) => header.startsWith('Connection:')) ? [] : ['Connection: close'];
  const head = [`${line} HTTP/1.1`, 'Host: localhost', ...headers, ...length, ...close].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), Buffer.from(body)]);
}

describe('HTTP', () => {
  let cluster: TestCluster;
  const urlOf = (port: Port) =>
    ({ api: cluster.apiUrl, gateway: [...cluster.gateways.values()][0] ?? '', front: cluster.url })[port];

  beforeAll(async () => {
    cluster = await startCluster({ gateways: 1 });
    await cluster.orders.place({ orderId: 'linked' });
  });
  afterAll(() => cluster.close());

  const cases = TABLE.flatMap((row) => row.ports.map((port) => ({ ...row, port })));

  it.each(cases)('$what at the $port: $status', async ({ port, ...exact }) => {
    const { status, code, allow } = exact;
    const answer = await exchange(urlOf(port), bytesOf(exact));
    expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    if (code === undefined) return;
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toMatch(/^content-type: application\/problem\+json/im);
    expect(head).toMatch(/^x-request-id: \S+/im);
    expect(head).toMatch(/^content-security-policy: default-src 'none'/im);
    expect(head).not.toMatch(/^strict-transport-security:/im);
    expect(problem.parse(JSON.parse(body)).code).toBe(code);
    if (allow !== undefined) expect(head.toLowerCase()).toContain(`\r\nallow: ${allow.toLowerCase()}`);
  });

  it.each(ALL)('needs a Host at the %s', async (port) => {
    expect(await exchange(urlOf(port), Buffer.from('GET /health/live HTTP/1.1\r\n\r\n'))).toMatch(
      /^HTTP\/1\.1 400 .*problem\+json/s,
    );
  });

  it.each(REST.flatMap((port) => [900_000, 5_000_000].map((bytes) => ({ port, bytes }))))(
    'answers 413 at the $port to 30 bodies of $bytes bytes, also while they are sent',
    async ({ port, bytes }) => {
      const body = JSON.stringify({ title: 'x'.repeat(bytes) });
      const statuses = await Promise.all(
        Array.from({ length: 30 }, async (_, i) => {
          // Half of them are sent piece by piece, so that the answer comes in the middle.
          if (i % 2 === 0) return sendInPieces(urlOf(port), body);
          return (await new OrdersClient(urlOf(port)).send('POST', '/orders', body)).status;
        }),
      );
      expect(statuses).toEqual(statuses.map(() => 413));
    },
  );

  it('passes no header about a connection from one side of the front to the other', async () => {
    const request = [
      'GET /health/live HTTP/1.1',
      'Host: localhost',
      'Connection: keep-alive, X-Hop',
      'X-Hop: 1',
      'TE: trailers',
    ];
    const answer = await exchange(cluster.url, Buffer.from(`${request.join('\r\n')}\r\n\r\n`));
    expect(answer.match(/^(connection|keep-alive): .*$/gim)).toEqual([
      'Connection: keep-alive',
      'Keep-Alive: timeout=5',
    ]);
  });

  it('believes no address that a client of the front claims to have', async () => {
    const limited = await startCluster({ gateways: 1, settings: { MAX_CONNECTIONS_PER_ADDRESS: '2' } });
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const headers = { 'x-forwarded-for': `192.0.2.${i}`, forwarded: `for=192.0.2.${i}` };
      statuses.push((await fetch(limited.url + POLLING, { headers })).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    await limited.close();
  });

  it.each(ALL)('closes a connection without a word at the %s if nothing was sent on it', async (port) => {
    expect(await exchange(urlOf(port), Buffer.alloc(0))).toBe('');
  });

  it.each(ALL)('answers a request that does not end at the %s with a problem document', async (port) => {
    expect(await exchange(urlOf(port), Buffer.from('GET /health/live HTTP/1.1\r\nHost: localhost\r\n'))).toMatch(
      /^HTTP\/1\.1 408 .*problem\+json.*request_timeout/s,
    );
  });

  it.each(ALL)('keeps the order of answers at the %s when garbage follows a request', async (port) => {
    const answer = await exchange(
      urlOf(port),
      Buffer.from('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\ngarbage\r\n\r\n'),
    );
    expect([...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['200', '400']);
  });

  it.each(ALL)('answers pipelined requests in their order at the %s', async (port) => {
    const requests = ['/health/live', '/nowhere', '/health/live'].map(
      (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n`,
    );
    const answer = await exchange(urlOf(port), Buffer.from(`${requests.join('\r\n')}Connection: close\r\n\r\n`));
    expect([...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['200', '404', '200']);
  });

  it.each(REST)(
    'says at the %s that an answer is the last one when it comes before the end of its body',
    async (port) => {
      const answer = await exchange(
        urlOf(port),
        Buffer.from(
          `POST /orders HTTP/1.1\r\nHost: localhost\r\n${JSON_TYPE}\r\nContent-Length: 900000\r\n\r\n${' '.repeat(300_000)}`,
        ),
      );
      expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*\r\nconnection: close\r\n/i);
    },
  );

  it.each(ALL)('lets a peer that pipelines far too much wait for its answers at the %s', async (port) => {
    const some = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(300);
    const last = 'GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    await exchange(urlOf(port), Buffer.from(some)); // is cut off, and remembered
    const answers = await exchange(urlOf(port), Buffer.from(some + last));
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
    expect(statuses).toEqual([...Array.from({ length: 300 }, () => '200'), '404']);
  });
});

/** Sends a body piece by piece, although the answer may have come. @returns the status of the answer */
async function sendInPieces(url: string, body: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  let received = '';
  socket.on('data', (data) => (received += data.toString('latin1')));
  socket.on('error', () => undefined);
  socket.write(
    `POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  for (let sent = 0; sent < body.length; sent += 65_536) {
    if (!socket.write(body.slice(sent, sent + 65_536))) {
      await waitFor(() => !socket.writableNeedDrain || socket.destroyed, 'the server to read');
    }
  }
  await waitFor(() => received.includes('\r\n\r\n') || socket.destroyed, 'an answer');
  socket.destroy();
  return Number(received.slice(9, 12));
}
