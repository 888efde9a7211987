import { describe, expect, it } from '@jest/globals';
import { GalleyError, toProblem, type ErrorCode } from '@galley/contracts';
import { exchange, waitFor } from '@galley/testing';
import { docker, GALLEY_TOKEN, GALLEY_URL } from '../harness/compose-stack.js';
import { ask, statusOf, type Asked } from '../harness/peer-requests.js';

/** In open mode only known hosts are answered. */
const IS_OPEN = GALLEY_TOKEN === undefined;

const ACCEPTED: [Asked, number][] = [
  ['REST', IS_OPEN ? 200 : 401],
  ['polling', 200],
  ['WebSocket', 101],
];

const OF_THE_FRONT = ['content-security-policy', 'x-content-type-options', 'cache-control', 'x-request-id'];

describe.each(ACCEPTED)('what an app sees through the front of %s', (what, accepted) => {
  it.each([
    ['the host that the client has asked', ['Host: 192.168.7.7:3000', 'Origin: http://192.168.7.7:3000']],
    ['no scheme but its own', ['Host: 192.168.7.7', 'Origin: http://192.168.7.7', 'X-Forwarded-Proto: https']],
    ['nothing of an upgrade to something else', ['Host: localhost', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk']],
  ])('is %s', async (_what, headers) => {
    if (what === 'WebSocket' && headers.some((line) => line.startsWith('Upgrade'))) return;
    expect(statusOf(await ask(GALLEY_URL, what, headers))).toBe(accepted);
  });

  it.each([
    ['the inner name of a service', ['Host: 192.168.7.7', 'Origin: http://gateway:3001']],
    [
      'a scheme that the client makes up',
      ['Host: 192.168.7.7', 'Origin: https://192.168.7.7', 'X-Forwarded-Proto: https'],
    ],
    [
      'a host that the client makes up',
      ['Host: 192.168.7.7', 'Origin: http://evil.example', 'X-Forwarded-Host: evil.example'],
    ],
    [
      'the same in the standard header',
      ['Host: 192.168.7.7', 'Origin: http://evil.example', 'Forwarded: host=evil.example'],
    ],
  ])('is not %s', async (_what, headers) => {
    expect(statusOf(await ask(GALLEY_URL, what, headers))).toBe(403);
  });

  it('is a host that only a stack with tokens answers to', async () => {
    const headers = ['Host: evil.example', 'Origin: http://evil.example'];
    expect(statusOf(await ask(GALLEY_URL, what, headers))).toBe(IS_OPEN ? 403 : accepted);
  });
});

describe('the address that an app sees through the front', () => {
  it.each<Asked>(['polling', 'WebSocket'])('is the one of the peer, whatever the client says, for %s', async (what) => {
    const madeUp = `203.0.113.${Math.floor(Math.random() * 256)}`;
    const claims = [`X-Forwarded-For: ${madeUp}`, `X-Forwarded-For: ${madeUp}`, `X-Real-IP: ${madeUp}`];
    const refused = ['Host: localhost', 'Origin: http://evil.example', ...claims, `Forwarded: for=${madeUp}`];
    const before = await refusals();
    // A gateway that has just logged enough refusals of this address leaves out more of them for a second.
    const line = await waitFor(async () => {
      expect(statusOf(await ask(GALLEY_URL, what, refused))).toBe(403);
      return (await refusals()).find((written) => !before.includes(written));
    }, 'a gateway to log the refusal');
    expect(line).toContain('"forbidden"');
    expect(line).not.toContain(madeUp);
    expect(line).toMatch(/"address":"\d+\.\d+\.\d+\.\d+"/);
  });
});

/** The lines of the gateways about refused handshakes. */
const refusals = async (): Promise<string[]> =>
  (await docker('compose', 'logs', '--no-log-prefix', 'gateway'))
    .split('\n')
    .filter((line) => line.includes('handshake'));

describe('what the front itself refuses', () => {
  const request = (head: string) => exchange(GALLEY_URL, Buffer.from(`${head}\r\nConnection: close\r\n\r\n`));

  it.each<[string, string, number, ErrorCode]>([
    ['a body of more than 64 kB', 'POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 65537', 413, 'body_too_large'],
    [
      'a batch of more than 512 kB',
      'POST /batches HTTP/1.1\r\nHost: x\r\nContent-Length: 524289',
      413,
      'body_too_large',
    ],
    ['no HTTP', '\x16\x03\x01', 400, 'invalid_request'],
    ['no host', 'GET /orders HTTP/1.1', 400, 'invalid_request'],
    ['two hosts', 'GET /orders HTTP/1.1\r\nHost: x\r\nHost: y', 400, 'invalid_request'],
    [
      'an unknown encoding of the body',
      'POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip',
      400,
      'invalid_request',
    ],
    ['a method that it does not pass on', 'TRACE /orders HTTP/1.1\r\nHost: x', 400, 'invalid_request'],
    ['a long path', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x`, 431, 'headers_too_large'],
    ['a long header', `GET /orders HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}`, 431, 'headers_too_large'],
    ['its own page for problems', 'GET /problem HTTP/1.1\r\nHost: x', 404, 'route_not_found'],
    ['a session of nobody', 'GET /socket.io/?sid=0123456789ab.x HTTP/1.1\r\nHost: x', 503, 'unavailable'],
  ])('%s, with a problem document as the apps have', async (_what, head, status, code) => {
    const answer = await request(head);
    expect(statusOf(answer)).toBe(status);
    const [headers = '', body = ''] = answer.split('\r\n\r\n');
    const problem = JSON.parse(body) as { detail: string };
    expect(problem).toEqual(toProblem(new GalleyError(code, problem.detail)));
    for (const header of OF_THE_FRONT) expect(headers.toLowerCase()).toContain(`\r\n${header}: `);
    expect(headers.includes('Retry-After: ')).toBe(status === 503);
  });

  it.each([900_000, 5_000_000])(
    'bodies of %i bytes: each of 30 clients is told, while it still sends',
    async (bytes) => {
      const body = Buffer.alloc(bytes, ' ');
      const headers = { 'content-type': 'application/json' };
      const answers = Array.from({ length: 30 }, () =>
        fetch(`${GALLEY_URL}/orders`, { method: 'POST', headers, body }),
      );
      expect((await Promise.all(answers)).filter(({ status }) => status !== 413)).toEqual([]);
    },
  );

  it.each([
    ['sends nothing', ''],
    ['sends half a head', 'GET /orders HTTP/1.1\r\nHost: loc'],
    ['sends half a body', 'POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{'],
  ])('a client that %s: it is cut off silently', async (_what, begun) => {
    expect(await exchange(GALLEY_URL, Buffer.from(begun))).toBe('');
  });
});
