import { type INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import { type Server, type ServerOptions } from 'socket.io';
import { AuditLog } from '@galley/runtime';
import { Handshakes } from '../admission/handshakes.js';
import { Drain } from '../drain/drain.js';
import { type GatewayConfig } from '../gateway.config.js';
import { beforeUpgrade } from '../connections/internals.js';
import { AdapterConnections } from './adapter-connections.js';

/** Bytes. */
const MAX_MESSAGE = 16_384;
const MAX_TOKEN = 4_096;
const BYTES_A_ROOM = 100;

/** Socket.IO servers that the Redis adapter makes one cluster of. */
export class ClusterIoAdapter extends IoAdapter {
  private readonly connections: AdapterConnections;
  private readonly drain: Drain;
  private readonly handshakes: Handshakes;

  constructor(
    app: INestApplicationContext,
    private readonly config: GatewayConfig,
  ) {
    super(app);
    this.connections = new AdapterConnections(config.redisUrl);
    this.drain = app.get(Drain, { strict: false });
    this.handshakes = new Handshakes(config, app.get(AuditLog, { strict: false }));
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const { publisher, subscriber } = this.connections;
    const server = super.createIOServer(port, {
      ...options,
      adapter: createAdapter(publisher, subscriber),
      allowRequest: this.handshakes.allow,
      cors: { origin: this.handshakes.allowOrigin },
      // No client has more to say than who it is and which orders it follows.
      maxHttpBufferSize: Math.max(MAX_MESSAGE, MAX_TOKEN + BYTES_A_ROOM * this.config.maxRooms),
    } as unknown as ServerOptions);
    this.handshakes.watch(server);
    this.drain.watch(server);
    const { engine } = server;
    engine.use(beforeUpgrade);
    const generateId = engine.generateId.bind(engine);
    engine.generateId = async (request) => `${this.config.name}.${await generateId(request)}`;
    return server;
  }

  /** Clients are heard by `ClientEvents`, which needs no listeners of Nest's for each of them. */
  override bindMessageHandlers(): void {
    return;
  }

  /** No gateway here has a `handleDisconnect`, for which Nest would keep a listener a gateway and socket. */
  override bindClientDisconnect(): void {
    return;
  }

  /** Closes what the drain has left; the HTTP server is closed by the app. */
  override close(server: Server): Promise<void> {
    server.engine.close();
    return Promise.resolve();
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    await this.connections.close();
  }
}
