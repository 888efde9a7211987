import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { FaultyPath, type PathFaults } from './faulty-path.js';

export type Direction = 'toServer' | 'toClient';

const BOTH: readonly Direction[] = ['toServer', 'toClient'];

/** Changes of the feed, as Redis sends them to a subscriber. A beat of the feed has no position. */
export const FEED_MESSAGE = /^[*>]3\r\n\$7\r\nmessage\r\n\$\d+\r\n\{[^\r]*\r\n\$\d+\r\n[0-9a-f]{16}:/;

interface Connection {
  client: Socket;
  server: Socket;
  paths: FaultyPath[];
}

/**
 * A TCP proxy in front of a server. Each method sets a fault for the connections that exist and for new ones, until
 * `heal()`. Only `cut` is over at once. A connection that has lost bytes is reset by `heal()`, because nothing could
 * follow them.
 */
export class FaultProxy {
  /** The URL of the server, with the address of the proxy. */
  readonly url: string;
  private readonly faults: Record<Direction, PathFaults> = {
    toServer: { held: false, blackHole: false },
    toClient: { held: false, blackHole: false },
  };
  private resetsAtAccept = false;
  private unanswered?: RegExp;
  private awaited?: { request: RegExp; action: () => void };
  private readonly connections = new Set<Connection>();

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly targetUrl: string,
    private readonly random: () => number,
  ) {
    const url = new URL(targetUrl);
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.url = url.href;
    server.on('connection', (client: Socket) => {
      this.accept(client);
    });
  }

  /**
   * @param targetUrl the URL of the server, with its port
   * @param random returns a number from 0 up to but not including 1, for jitter
   */
  static async start(targetUrl: string, random: () => number = Math.random): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FaultProxy(server, targetUrl, random);
  }

  /** How many connections are open. */
  get open(): number {
    return this.connections.size;
  }

  /** How many chunks `drop` must still drop. */
  get toDrop(): number {
    return BOTH.reduce((sum, direction) => sum + (this.faults[direction].drop?.left ?? 0), 0);
  }

  /** Cuts every connection: with `reset` (RST) both sides get an error, with `end` (FIN) an orderly end. */
  cut(how: 'reset' | 'end' = 'reset'): void {
    for (const connection of [...this.connections]) this.cutOne(connection, how);
  }

  /** Resets each new connection at once, and the existing ones now. */
  resetAtAccept(): void {
    this.resetsAtAccept = true;
    this.cut();
  }

  /** Keeps connections open and forwards nothing, and everything later. */
  hold(...directions: Direction[]): void {
    this.set(directions, { held: true });
  }

  /** Loses everything that is sent in this direction. */
  blackHole(direction: Direction): void {
    this.set([direction], { blackHole: true });
  }

  /**
   * Loses everything on the connections that exist now, also their end, as a firewall does that has forgotten them. New
   * connections work.
   */
  abandon(): void {
    for (const { paths } of this.connections) for (const path of paths) path.abandon();
  }

  /**
   * Forwards each request that matches, swallows the reply and cuts the connection. So the request is carried out, and the
   * caller cannot know.
   * @param request tested on each chunk, decoded as latin1
   */
  dropReplies(request: RegExp): void {
    this.unanswered = request;
  }

  /**
   * Acts when the next request arrives that matches, before it is forwarded. So a fault can begin with a certain request.
   * @param request tested on each chunk, decoded as latin1
   */
  atRequest(request: RegExp, action: () => void): void {
    this.awaited = { request, action };
  }

  /** Drops the next chunks that match, and nothing else. @param pattern tested on each chunk, decoded as latin1 */
  drop(direction: Direction, pattern: RegExp, count = 1): void {
    this.set([direction], { drop: { pattern, left: count } });
  }

  /** Forwards other bytes instead of each chunk. */
  rewrite(direction: Direction, rewrite: (bytes: Buffer) => Buffer): void {
    this.set([direction], { rewrite });
  }

  /** Delays every chunk by `delayMs` and up to `jitterMs` more. */
  delay(delayMs: number, jitterMs: number, ...directions: Direction[]): void {
    this.set(directions, { delay: { delayMs, jitterMs } });
  }

  /** Forwards at most this many bytes a second, of each connection and in each direction. */
  limitBandwidth(bytesPerSecond: number, ...directions: Direction[]): void {
    this.set(directions, { bytesPerSecond });
  }

  /** Ends all faults. */
  heal(): void {
    this.resetsAtAccept = false;
    this.unanswered = undefined;
    this.awaited = undefined;
    for (const connection of [...this.connections]) {
      if (connection.paths.some(({ hasLost }) => hasLost)) this.cutOne(connection, 'reset');
    }
    this.set(BOTH, {
      held: false,
      blackHole: false,
      delay: undefined,
      bytesPerSecond: undefined,
      drop: undefined,
      rewrite: undefined,
    });
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.cut();
    await closed;
  }

  private set(directions: readonly Direction[], faults: Partial<PathFaults>): void {
    for (const direction of directions.length === 0 ? BOTH : directions) Object.assign(this.faults[direction], faults);
    for (const { paths } of this.connections) for (const path of paths) path.update();
  }

  private accept(client: Socket): void {
    client.on('error', () => undefined); // its close is what counts
    if (this.resetsAtAccept) {
      client.resetAndDestroy();
      return;
    }
    const { hostname, port } = new URL(this.targetUrl);
    const server = connect({ port: Number(port), host: hostname, allowHalfOpen: true, noDelay: true });
    server.on('error', () => undefined);
    const connection: Connection = { client, server, paths: [] };
    let isUnanswered = false;
    const inspectRequest = (bytes: Buffer) => {
      const text = bytes.toString('latin1');
      if (this.awaited?.request.test(text)) {
        const { action } = this.awaited;
        this.awaited = undefined;
        action();
      }
      isUnanswered ||= this.unanswered?.test(text) ?? false;
      return true;
    };
    const inspectReply = () => {
      if (isUnanswered) this.cutOne(connection, 'reset');
      return !isUnanswered;
    };
    const toServer = new FaultyPath(client, server, this.faults.toServer, this.random, inspectRequest);
    const toClient = new FaultyPath(server, client, this.faults.toClient, this.random, inspectReply);
    connection.paths.push(toServer, toClient);
    this.connections.add(connection);
    client.once('close', () => {
      this.forwardClose(connection, toServer, server);
    });
    server.once('close', () => {
      this.forwardClose(connection, toClient, client);
    });
  }

  /** One side is gone. The other learns that unless the direction is a black hole. */
  private forwardClose(connection: Connection, path: FaultyPath, other: Socket): void {
    if (connection.client.destroyed && connection.server.destroyed) this.connections.delete(connection);
    else if (path.isLosing) path.hasLost = true;
    else if (!other.writableEnded) this.cutOne(connection, 'reset');
  }

  private cutOne(connection: Connection, how: 'reset' | 'end'): void {
    this.connections.delete(connection);
    for (const path of connection.paths) path.close();
    for (const socket of [connection.client, connection.server]) {
      if (how === 'reset') socket.resetAndDestroy();
      else socket.end(() => socket.destroy());
    }
  }
}
