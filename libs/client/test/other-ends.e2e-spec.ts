import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { Server as SocketServer } from 'socket.io';
import { freePort, waitFor } from '@galley/testing';
import { trackOrders, type TrackerError, type TrackOptions } from '../src/index.js';
import { StandInGateway } from './stand-in-gateway.js';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

async function listen(server: TcpServer): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(() => server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const serve = async (answer: RequestListener) => `http://${await listen(createServer(answer))}`;
const galley = async () => {
  const gateway = await StandInGateway.start(100);
  opened.push(() => gateway.close());
  return gateway;
};
const html: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Shop</title>');
};

/** A Socket.IO server that is no gateway. It answers every other request with 404. */
async function socketServer(setUp: (io: SocketServer) => void = () => undefined, options = {}): Promise<string> {
  const http: Server = createServer((_request, response) => response.writeHead(404).end());
  const io = new SocketServer(http, options);
  setUp(io);
  const url = `http://${await listen(http)}`;
  opened.push(() => io.close());
  return url;
}

/** A certificate that nobody trusts. */
function selfSigned(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'galley-tls-'));
  opened.push(() => {
    rmSync(folder, { recursive: true });
  });
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=a'];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

type Scene = Partial<TrackOptions> & { url: string };

/** What is at the other end, and what the program is told of it. */
const OTHER_ENDS: [what: string, scene: () => Promise<Scene>, message: RegExp][] = [
  [
    'nothing',
    async () => ({ url: `http://127.0.0.1:${await freePort()}` }),
    /^http:\/\/127\S+ cannot be reached: connect ECONNREFUSED/,
  ],
  [
    'nothing, by a name with two addresses',
    async () => ({ url: `http://localhost:${await freePort()}` }),
    /^http:\/\/localhost\S+ cannot be reached: connect ECONNREFUSED/,
  ],
  [
    'no such host',
    () => Promise.resolve({ url: 'http://shop.invalid' }),
    /^http:\/\/shop\.invalid cannot be reached: getaddrinfo \w+ shop\.invalid/,
  ],
  [
    'a server that closes each connection',
    async () => ({ url: `http://${await listen(createTcpServer((socket) => socket.destroy()))}` }),
    /cannot be reached: (socket hang up|read ECONNRESET)/,
  ],
  [
    'a server that does not speak HTTP',
    async () => ({ url: `http://${await listen(createTcpServer((socket) => socket.end('220 mail\r\n')))}` }),
    /cannot be reached: Parse Error/,
  ],
  [
    'a server with a certificate that is not trusted',
    async () => ({ url: `https://${await listen(createTlsServer(selfSigned(), html))}` }),
    /^https:\/\/127\S+ cannot be reached: self-signed certificate/,
  ],
  [
    'a server without TLS at an https URL',
    async () => ({ url: (await serve(html)).replace('http', 'https') }),
    /cannot be reached: .*(SSL|packet length|wrong version)/,
  ],
  [
    'a page',
    async () => ({ url: await serve(html) }),
    /answers, but is no Socket\.IO server: check the url, and the path/,
  ],
  [
    'a server without such a path',
    async () => ({ url: await serve((_request, response) => response.writeHead(404).end('Not found')) }),
    /^The handshake at http\S+ was answered 404, but not by Galley: check the url.* and the path of Socket\.IO$/,
  ],
  [
    'a proxy without Galley behind it',
    async () => ({ url: await serve((_request, response) => response.writeHead(502).end('<html>502</html>')) }),
    /^The handshake at http\S+ was answered 502, but not by Galley/,
  ],
  [
    'a Galley that has another path of Socket.IO',
    async () => ({ url: (await galley()).url, path: '/elsewhere' }),
    /but is no Socket\.IO server|but not by Galley/,
  ],
  [
    'a gateway that refuses the origin',
    async () => ({
      url: await socketServer(undefined, {
        allowRequest: (_request: unknown, decide: Decide) => {
          decide('forbidden', false);
        },
      }),
    }),
    /refuses the connection: pages of this origin may not connect unless ALLOWED_ORIGINS has it$/,
  ],
  [
    'another Socket.IO server, with accounts of its own',
    async () => ({
      url: await socketServer((io) => {
        io.use((_socket, next) => {
          next(new Error('not signed in'));
        });
      }),
    }),
    /^http\S+ refuses the connection: not signed in$/,
  ],
  [
    'another Socket.IO server, which ends each connection',
    async () => ({
      url: await socketServer((io) => {
        io.on('connection', (socket) => socket.disconnect(true));
      }),
    }),
    /^http\S+ has ended the connection before it said `ready` \(/,
  ],
  [
    'a token function that fails',
    async () => ({ url: (await galley()).url, token: () => Promise.reject(new Error('signed out')) }),
    /^The function token has failed: signed out$/,
  ],
  [
    'a token function that returns no text',
    async () => ({ url: (await galley()).url, token: () => 7 as unknown as string }),
    /^The function token must return a text, not a value of the type number$/,
  ],
  [
    'a gateway whose orders API is a page',
    async () => ({ url: (await galley()).url, fetch: () => Promise.resolve(new Response('<html>')) }),
    /^GET http\S+\/orders\?limit=200&open=true was answered, but not by Galley: check the url/,
  ],
  [
    'a gateway whose orders API is another one',
    async () => ({ url: (await galley()).url, fetch: () => Promise.resolve(Response.json({ items: [] })) }),
    /^GET http\S+ was answered, but not by Galley/,
  ],
  [
    'a gateway whose orders API is away',
    async () => ({
      url: (await galley()).url,
      fetch: () => fetch('http://127.0.0.1:1/orders'),
    }),
    /^GET http\S+ cannot be sent: (connect ECONNREFUSED|bad port)/,
  ],
  [
    'a gateway whose orders API is behind a proxy that answers 502',
    async () => ({ url: (await galley()).url, fetch: () => Promise.resolve(new Response('<html>', { status: 502 })) }),
    /^GET http\S+ was answered 502, but not by Galley/,
  ],
];
type Decide = (message: string, success: boolean) => void;

it.each(OTHER_ENDS)(
  'a tracker says once for a series of failures what is at the other end: %s',
  async (_what, scene, message) => {
    const given = await scene();
    const errors: TrackerError[] = [];
    let attempts = 0;
    const tracker = trackOrders({
      // Called once for each failure, to spread the next attempts.
      jitter: () => {
        attempts++;
        return 0;
      },
      ...given,
    });
    opened.push(() => {
      tracker.close();
    });
    tracker.on('error', (error) => errors.push(error));
    await waitFor(() => attempts >= 2, 'the second attempt');
    expect(errors.map(({ message, permanent }) => ({ message, permanent }))).toEqual([
      { message: expect.stringMatching(message), permanent: false },
    ]);
    expect(tracker.getSnapshot().connection).not.toBe('live');
  },
  30_000,
);

it('a tracker says that what accepts its connection is no gateway', async () => {
  const url = await socketServer();
  const errors: TrackerError[] = [];
  const tracker = trackOrders({ url, jitter: () => 0 });
  opened.push(() => {
    tracker.close();
  });
  tracker.on('error', (error) => errors.push(error));
  await waitFor(() => errors.length > 0, 'the error', 20_000);
  expect(errors[0]?.message).toBe(
    `${url} accepts connections, but does not say \`ready\`: is it another Socket.IO server?`,
  );
}, 30_000);

it.each([401, 403, 404])('a tracker gives up if its orders API answers %i as final, and says why', async (status) => {
  const gateway = await galley();
  const refusal = { status, body: { code: 'of_tomorrow', detail: 'We have moved', retryable: false } };
  gateway.answers.push(refusal);
  const tracker = trackOrders({ url: gateway.url, jitter: () => 0 });
  opened.push(() => {
    tracker.close();
  });
  const errors: TrackerError[] = [];
  tracker.on('error', (error) => errors.push(error));
  await expect(tracker.when('a1', 1)).rejects.toThrow('We have moved');
  expect(errors.map(({ code, permanent }) => [code, permanent])).toEqual([['of_tomorrow', true]]);
  await waitFor(() => gateway.connections === 0, 'the end of the connection');
  expect(tracker.getSnapshot().connection).toBe('offline');
  // Somebody has set it right.
  tracker.stop();
  tracker.start();
  await waitFor(() => tracker.getSnapshot().connection === 'live', 'the tracker to be live');
});
