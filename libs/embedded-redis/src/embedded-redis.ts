import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as otherEvents } from 'node:timers/promises';
import {
  attachSession,
  createRedisCommandExecutor,
  RedisServerState,
  SocketConnectionTransport,
} from 'js-redis-server/core';

export interface EmbeddedRedisOptions {
  /** The port to listen on; a free one by default. */
  port?: number;
  /** What clients log in with; random by default. If empty, nobody needs to log in. */
  password?: string;
}

/** The first byte of each command of a Redis client. */
const ARRAY = '*'.charCodeAt(0);

/**
 * A Redis-compatible server inside this process, for `npm start` and for tests. It listens on loopback only, asks for a
 * password and keeps its data in memory. Any Redis client can use it. It is not made for high load.
 */
export class EmbeddedRedis {
  private readonly state: RedisServerState;
  private readonly executor = createRedisCommandExecutor();
  private readonly listener = createServer({ keepAlive: true, noDelay: true }, (socket) => {
    this.accept(socket);
  });
  private readonly sockets = new Set<Socket>();

  private constructor(
    private port: number,
    private readonly password: string,
  ) {
    this.state = new RedisServerState({ databaseCount: 1, requirepass: password });
  }

  /** Starts a server. */
  static async start(options: EmbeddedRedisOptions = {}): Promise<EmbeddedRedis> {
    const { port = 0, password = randomBytes(16).toString('hex') } = options;
    const redis = new EmbeddedRedis(port, password);
    await redis.up();
    return redis;
  }

  /** With the password. */
  get url(): string {
    return `redis://${this.password === '' ? '' : `:${this.password}@`}127.0.0.1:${this.port}`;
  }

  /** Cuts every connection. Clients may reconnect at once. */
  cutConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Stops listening and cuts all connections. The data stays. */
  async down(): Promise<void> {
    const closed = once(this.listener, 'close');
    this.listener.close();
    this.cutConnections();
    await closed;
  }

  /** Listens on the same port again. */
  async up(): Promise<void> {
    this.listener.listen(this.port, '127.0.0.1');
    await once(this.listener, 'listening');
    this.port = (this.listener.address() as AddressInfo).port;
  }

  /** Ends the server. Its data is lost. */
  async stop(): Promise<void> {
    if (this.listener.listening) await this.down();
    this.state.close();
  }

  /**
   * Ends a connection that does not begin as one of a Redis client. A browser would send requests here for any page, and
   * each line of their bodies would be a command.
   */
  private accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first = socket.read() as Buffer | null;
      if (first?.[0] !== ARRAY) {
        socket.destroy();
        return;
      }
      socket.unshift(first);
      attachSession(new FairTransport(socket), { state: this.state, executor: this.executor });
    });
  }
}

/**
 * Lets the rest of the process act between two commands of a connection. The library answers all commands of a chunk in one
 * turn of the event loop. If they take longer than a client waits for an answer, their answers come too late.
 */
class FairTransport extends SocketConnectionTransport {
  override async write(chunk: Buffer): Promise<void> {
    await super.write(chunk);
    await otherEvents();
  }
}
