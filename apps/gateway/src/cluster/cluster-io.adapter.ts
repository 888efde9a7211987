import { type INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { createAdapter } from '@socket.io/redis-adapter';
import { type Server, type ServerOptions } from 'socket.io';
import { type GatewayConfig } from '../gateway.config.js';
import { AdapterConnections } from './adapter-connections.js';

/** Socket.IO servers that the Redis adapter makes one cluster of. */
export class ClusterIoAdapter extends IoAdapter {
  private readonly connections: AdapterConnections;

  constructor(
    app: INestApplicationContext,
    private readonly config: GatewayConfig,
  ) {
    super(app);
    this.connections = new AdapterConnections(config.redisUrl);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const { publisher, subscriber } = this.connections;
    const server = super.createIOServer(port, {
      ...options,
      adapter: createAdapter(publisher, subscriber),
      cors: { origin: '*' },
      // No client has more to say than which orders it follows.
      maxHttpBufferSize: 16_384 + 100 * this.config.maxRooms,
    } as unknown as ServerOptions);
    const { engine } = server;
    const generateId = engine.generateId.bind(engine);
    engine.generateId = async (request) => `${this.config.name}.${await generateId(request)}`;
    return server;
  }

  /** Closes every connection so that its client comes back, to another replica; the HTTP server is closed by the app. */
  override close(server: Server): Promise<void> {
    server.engine.close();
    return Promise.resolve();
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    await this.connections.close();
  }
}
