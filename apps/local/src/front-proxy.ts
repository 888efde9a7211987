import { once } from 'node:events';
import { Agent, ServerResponse, type IncomingMessage } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { createProxyServer, proxyUpgrade } from 'httpxy';
import { GalleyError } from '@galley/contracts';
import { HttpServer, Peers, toProblemBytes, writeProblem, type HttpConnectionLimits } from '@galley/http';
import { type AuditLog } from '@galley/runtime';
import { type ServedPages } from './served-pages.js';

export interface Backends {
  api: string;
  /** The URL of each gateway, by its name. */
  gateways: ReadonlyMap<string, string>;
}

/** Headers about one connection, in lower case. Each side of the proxy has its own. `Connection` may name more of them. */
const HOP_BY_HOP = ['connection', 'http2-settings', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];
/** This is the first proxy, so nobody before it can tell who asks. */
const FORWARDED = /^(x-forwarded-.*|forwarded|x-real-ip)$/;

const STARTING = new GalleyError('unavailable', 'Galley is starting', { retryAfterSeconds: 1 });
const AWAY = new GalleyError('unavailable', 'The service behind the proxy does not answer', { retryAfterSeconds: 1 });

/** What gateways answer: Socket.IO, and the feed as Server-Sent Events. */
const OF_GATEWAYS = /^\/(socket\.io(\/|$)|changes$)/;

/**
 * One port for the pages, REST, Socket.IO and the feed of changes. New sessions and readers go to the gateways in turn. The requests of a
 * session go to the gateway whose name begins the session id, so that polling works too.
 */
export class FrontProxy {
  // A polling client keeps a connection busy, so their number must not be limited here.
  private readonly agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  private readonly proxy = createProxyServer({ xfwd: true, agent: this.agent, selfHandleResponse: true });
  private readonly server: HttpServer;
  private readonly sockets = new Set<Socket>();
  private backends?: Backends;
  private turn = 0;

  /** @param pages if absent, there are none */
  constructor(
    limits: HttpConnectionLimits,
    audit: AuditLog,
    private readonly pages?: Pick<ServedPages, 'answer'>,
  ) {
    this.server = new HttpServer({ peers: new Peers([]), limits, audit });
    this.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (!this.pages?.answer(request, response)) void this.forward(request, response);
    });
    this.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      this.forwardUpgrade(request, socket, head);
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.proxy.on('proxyRes', (answer: IncomingMessage, _request: unknown, response: ServerResponse) => {
      const headers = withoutHopByHop(answer.headers);
      delete headers['transfer-encoding']; // Node chooses a framing that this client knows
      response.writeHead(answer.statusCode ?? 502, headers);
      answer.pipe(response); // httpxy ends both if one of them fails
    });
    this.proxy.on('error', (_error, request, response) => {
      const isOpen = response instanceof ServerResponse && !response.headersSent;
      if (isOpen && request) writeProblem(request, response, AWAY);
      else response?.destroy();
    });
  }

  /**
   * Listens on the port. Answers 503 until there are backends.
   * @returns the port
   * @throws if the port is taken
   */
  async listen(port: number, host: string): Promise<number> {
    this.server.listen({ port, host, backlog: 8_192 });
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  serve(backends: Backends): void {
    this.backends = backends;
  }

  async close(): Promise<void> {
    this.agent.destroy();
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = this.targetOf(request);
    if (target === undefined) {
      writeProblem(request, response, STARTING);
      return;
    }
    request.headers = { ...withoutForwarded(withoutHopByHop(request.headers)), connection: 'keep-alive' };
    await this.proxy.web(request, response, { target }).catch(() => undefined); // the error listener answers
  }

  private forwardUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const target = this.targetOf(request);
    if (target === undefined) {
      socket.end(toProblemBytes(STARTING));
      return;
    }
    request.headers = withoutForwarded(request.headers);
    proxyUpgrade(target, request, socket, head).then(
      // If a client disappears, its session must not stay open on the gateway.
      (upstream) => socket.once('close', () => upstream.destroy()),
      () => socket.destroy(),
    );
  }

  private targetOf({ url = '/' }: IncomingMessage): string | undefined {
    if (!this.backends) return undefined;
    // If it is not a URL, such as "//", the API refuses it.
    if (!URL.canParse(url, 'http://front')) return this.backends.api;
    const { pathname, searchParams } = new URL(url, 'http://front');
    if (!OF_GATEWAYS.test(pathname)) return this.backends.api;
    const { gateways } = this.backends;
    const [name = ''] = (searchParams.get('sid') ?? '').split('.');
    return gateways.get(name) ?? [...gateways.values()][this.turn++ % gateways.size];
  }
}

function withoutHopByHop(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const named = (headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  // The framing of the body is decided with these two, whatever `Connection` says.
  const isNamed = (name: string) => named.includes(name) && name !== 'content-length' && name !== 'transfer-encoding';
  return without(headers, (name) => HOP_BY_HOP.includes(name) || isNamed(name));
}

const withoutForwarded = (headers: IncomingMessage['headers']) => without(headers, (name) => FORWARDED.test(name));

const without = (headers: IncomingMessage['headers'], drop: (name: string) => boolean) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !drop(name)));
