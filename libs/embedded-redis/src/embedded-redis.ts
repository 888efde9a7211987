import { once } from 'node:events';
import { type AddressInfo, type Socket } from 'node:net';
import { createRedisCommandExecutor, RedisServerState, Resp2Server } from 'js-redis-server/core';

/**
 * A Redis-compatible server inside this process, for `npm start` and for tests. It listens on loopback only and keeps its
 * data in memory. Any Redis client can use it. It is not made for high load.
 */
export class EmbeddedRedis {
  private readonly state = new RedisServerState({ databaseCount: 1 });
  private readonly listener = new Resp2Server({ server: this.state, executor: createRedisCommandExecutor() }).server;
  private readonly sockets = new Set<Socket>();
  private port = 0;

  private constructor() {
    this.listener.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** Starts a server, on a free port if none is given. */
  static async start(port = 0): Promise<EmbeddedRedis> {
    const redis = new EmbeddedRedis();
    redis.port = port;
    await redis.up();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
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
}
