import { type INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { type Redis } from 'ioredis';
import { type Server, type ServerOptions } from 'socket.io';
import { disconnect } from '@galley/redis';
import { type GatewayConfig } from '../../gateway.config.js';
import { cut, type Connection } from '../engine-internals.js';
import { EventStreams } from '../event-streams.js';
import { Handshakes } from '../handshakes.js';
import { WebSocketPace } from '../input/web-socket-pace.js';
import { ConnectionLifecycle } from '../lifecycle.js';
import { splitUpgrade } from '../split-upgrade.js';
import { connectAdapter } from './adapter-connection.js';
import { listeningAdapter } from './listening-adapter.js';

/** Makes Socket.IO servers that hear, through the Redis adapter, what the orders API sends to all replicas. */
export class ClusterIoAdapter extends IoAdapter {
  private readonly subscriber: Redis;
  private readonly handshakes: Handshakes;
  private readonly lifecycle: ConnectionLifecycle;
  private readonly webSocketPace: WebSocketPace;

  constructor(
    app: INestApplicationContext,
    private readonly config: GatewayConfig,
  ) {
    super(app);
    const streams = app.get(EventStreams, { strict: false });
    this.subscriber = connectAdapter(config.redisUrl, (announcement) => {
      streams.announce(announcement);
    });
    this.handshakes = app.get(Handshakes, { strict: false });
    this.lifecycle = app.get(ConnectionLifecycle, { strict: false });
    this.webSocketPace = app.get(WebSocketPace, { strict: false });
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, {
      ...options,
      adapter: listeningAdapter(this.subscriber, this.config.feed.name),
      cors: { origin: this.handshakes.allowOrigin },
      maxHttpBufferSize: this.config.maxMessageBytes,
      wsEngine: this.webSocketPace.serverClass,
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

  /** Ends the connections that the drain has left. The app closes the HTTP server. */
  override close({ engine }: Server): Promise<void> {
    const { clients } = engine as unknown as { clients: Record<string, Connection> };
    for (const connection of Object.values(clients)) cut(connection);
    engine.close();
    return Promise.resolve();
  }

  override async dispose(): Promise<void> {
    await super.dispose();
    await disconnect(this.subscriber);
  }
}
