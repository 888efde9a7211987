import { Injectable, Logger } from '@nestjs/common';
import { areInternalsKnown } from './engine-internals.js';
import { type GatewaySocket } from './gateway-socket.js';
import { type ConnectionStage } from './lifecycle.js';

/** Checks on the first WebSocket connection that engine.io and ws have the expected internals, and warns if not. */
@Injectable()
export class InternalsCheck implements ConnectionStage {
  private readonly logger = new Logger(InternalsCheck.name);
  private isDone = false;

  connected({ conn }: GatewaySocket): void {
    if (this.isDone || conn.transport.name !== 'websocket') return;
    this.isDone = true;
    if (areInternalsKnown(conn)) return;
    this.logger.warn(
      'This version of engine.io or ws has unknown internals: each event goes through them, which is many times slower',
    );
  }
}
