import { type IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { type Server } from 'socket.io';
import { GATEWAY_CONFIG, type GatewayConfig } from '../../gateway.config.js';
import { connectionOf, webSocketOf, type Connection } from '../engine-internals.js';
import { type ConnectionStage } from '../lifecycle.js';
import { Allowance } from './allowance.js';
import { Excess } from './excess.js';
import { FirstPackets } from './first-packets.js';
import { pacedWebSocketServer, PacedWebSocket, type Supervisor } from './paced-web-socket.js';

/** Reads clients over WebSocket at a bounded pace, from their first byte on. */
@Injectable()
export class WebSocketPace implements ConnectionStage, Supervisor {
  readonly serverClass = pacedWebSocketServer(this);
  private engine?: Server['engine'];

  constructor(
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    private readonly firstPackets: FirstPackets,
    private readonly excess: Excess,
  ) {}

  attach({ engine }: Server): void {
    this.engine = engine;
    engine.on('connection', (connection: Connection) => {
      const webSocket = webSocketOf(connection);
      if (webSocket instanceof PacedWebSocket) webSocket.connection = connection;
    });
  }

  allowance(): Allowance {
    return new Allowance(this.config.limits.input);
  }

  connectionOf(request: IncomingMessage): Connection | undefined {
    return this.engine && connectionOf(this.engine, request);
  }

  hasAccepted(connection: Connection | undefined): boolean {
    return connection !== undefined && this.firstPackets.hasAccepted(connection);
  }

  end(webSocket: PacedWebSocket): void {
    if (webSocket.connection) this.excess.end(webSocket.connection);
    webSocket.pause();
  }
}
