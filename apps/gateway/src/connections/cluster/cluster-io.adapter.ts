import { type INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import { type Server, type ServerOptions } from 'socket.io';
import { MAX_TOKEN_LENGTH } from '@galley/contracts';
import { type GatewayConfig } from '../../gateway.config.js';
import { finishClosing, splitUpgrade, type Connection } from '../engine-internals.js';
import { Handshakes } from '../handshakes.js';
import { ConnectionLifecycle } from '../lifecycle.js';
import { AdapterConnections } from './adapter-connections.js';

const MAX_MESSAGE_BYTES = 16_384;
const BYTES_PER_ROOM = 100;

/** Makes Socket.IO servers that the Redis adapter connects to one cluster. */
export class ClusterIoAdapter extends IoAdapter {
  private readonly connections: AdapterConnections;
  private readonly handshakes: Handshakes;
  private readonly lifecycle: ConnectionLifecycle;

  constructor(
    app: INestApplicationContext,
    private readonly config: GatewayConfig,
  ) {
    super(app);
    this.connections = new AdapterConnections(config.redisUrl);
    this.handshakes = app.get(Handshakes, { strict: false });
    this.lifecycle = app.get(ConnectionLifecycle, { strict: false });
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const { publisher, subscriber } = this.connections;
    const server = super.createIOServer(port, {
      ...options,
      adapter: createAdapter(publisher, subscriber),
      allowRequest: this.handshakes.allow,
      cors: { origin: this.handshakes.allowOrigin },
      // The largest message of a client is its connect request: a token and the orders to follow.
      maxHttpBufferSize: Math.max(MAX_MESSAGE_BYTES, MAX_TOKEN_LENGTH + BYTES_PER_ROOM * this.config.maxRooms),
    } as unknown as ServerOptions);
    this.lifecycle.attach(server);
    const { engine } = server;
    engine.use(splitUpgrade);
    const generateId = engine.generateId.bind(engine);
    engine.generateId = async (request) => `${this.config.name}.${await generateId(request)}`;
    return server;
  }

  /** `ConnectionLifecycle` handles the connections. It needs no Nest listeners for each of them. */
  override bindClientConnect(): void {
    return;
  }

  /** Closes the connections that the drain has left. The app closes the HTTP server. */
  override close({ engine }: Server): Promise<void> {
    engine.close();
    for (const connection of Object.values((engine as unknown as { clients: Record<string, Connection> }).clients)) {
      finishClosing(connection);
    }
    return Promise.resolve();
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    await this.connections.close();
  }
}
