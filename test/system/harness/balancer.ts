import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { own } from '@galley/testing';

/** How it chooses the server of a connection, as proxies do. */
export type Choice = 'in turn' | 'fewest connections';

/** Spreads TCP connections over servers that come and go, as the proxy in front of a Service does. */
export class Balancer {
  private readonly open = new Map<string, number>();
  private readonly sockets = new Set<Socket>();
  private urls: readonly string[] = [];
  private turn = 0;

  private constructor(
    private readonly server: Server,
    private readonly choice: Choice,
  ) {
    server.on('connection', (socket) => {
      this.forward(socket);
    });
  }

  static async start(choice: Choice): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server, choice);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    own(() => balancer.close());
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The servers that get new connections. Connections to others stay open. */
  serve(urls: readonly string[]): void {
    for (const url of urls) if (!this.open.has(url)) this.open.set(url, 0);
    this.urls = urls;
  }

  private forward(client: Socket): void {
    const url = this.choose();
    if (url === undefined) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(url);
    const server = connect(Number(port), hostname);
    this.count(url, 1);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay();
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.once('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    server.once('close', () => {
      this.count(url, -1);
    });
  }

  private choose(): string | undefined {
    if (this.choice === 'in turn') return this.urls[this.turn++ % this.urls.length];
    const openOf = (url: string) => this.open.get(url) ?? 0;
    return this.urls.toSorted((a, b) => openOf(a) - openOf(b))[0];
  }

  private count(url: string, change: number): void {
    this.open.set(url, (this.open.get(url) ?? 0) + change);
  }

  private async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
