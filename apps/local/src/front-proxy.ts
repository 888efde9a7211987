import { once } from 'node:events';
import { createServer, ServerResponse, type IncomingMessage } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { createProxyServer, proxyUpgrade } from 'httpxy';
import { GalleyError, toProblem } from '@galley/contracts';
import { deadlines } from '@galley/http';

export interface Backends {
  api: string;
  /** The URL of each gateway, by its name. */
  gateways: ReadonlyMap<string, string>;
}

/**
 * One port for REST and Socket.IO. New sessions go to the gateways in turn. The requests of a session go to the gateway
 * whose name begins the session id, so that polling works too.
 */
export class FrontProxy {
  private readonly proxy = createProxyServer({ xfwd: true });
  private readonly server = createServer(deadlines, (request, response) => {
    void this.forward(request, response);
  });
  private readonly sockets = new Set<Socket>();
  private backends?: Backends;
  private turn = 0;

  constructor() {
    this.server.on('upgrade', (request, socket, head) => {
      const target = this.targetOf(request);
      if (target === undefined) {
        socket.destroy();
        return;
      }
      proxyUpgrade(target, request, socket, head).then(
        // If a client disappears, its session must not stay open on the gateway.
        (upstream) => socket.once('close', () => upstream.destroy()),
        () => socket.destroy(),
      );
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    this.proxy.on('error', (_error, _request, response) => {
      if (!(response instanceof ServerResponse)) response?.destroy();
      else refuse(response, 'The service behind the proxy does not answer');
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
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = this.targetOf(request);
    if (target === undefined) refuse(response, 'Galley is starting');
    else await this.proxy.web(request, response, { target }).catch(() => undefined); // the error listener answers
  }

  private targetOf({ url = '/' }: IncomingMessage): string | undefined {
    if (!this.backends) return undefined;
    // If it is not a URL, such as "//", the API refuses it.
    if (!URL.canParse(url, 'http://front')) return this.backends.api;
    const { pathname, searchParams } = new URL(url, 'http://front');
    if (pathname !== '/socket.io' && !pathname.startsWith('/socket.io/')) return this.backends.api;
    const { gateways } = this.backends;
    const [name = ''] = (searchParams.get('sid') ?? '').split('.');
    return gateways.get(name) ?? [...gateways.values()][this.turn++ % gateways.size];
  }
}

function refuse(response: ServerResponse, detail: string): void {
  if (response.headersSent) return void response.destroy();
  const problem = toProblem(new GalleyError('unavailable', detail));
  response.writeHead(problem.status, { 'content-type': 'application/problem+json; charset=utf-8', 'retry-after': '1' });
  response.end(JSON.stringify(problem));
}
