import { Injectable, Logger } from '@nestjs/common';
import { areInternalsKnown } from './engine-internals.js';
import { type GatewaySocket } from './gateway-socket.js';
import { type ConnectionStage } from './lifecycle.js';

/** Looks at the first WebSocket connection, whether engine.io and ws are as they are expected to be, and warns if not. */
@Injectable()
export class InternalsCheck implements ConnectionStage {
  private readonly logger = new Logger(InternalsCheck.name);
  private isDone = false;

  connected({ conn }: GatewaySocket): void {
    if (this.isDone || conn.transport.name !== 'websocket') return;
    this.isDone = true;
    if (areInternalsKnown(conn)) return;
    this.logger.warn('This version of engine.io or ws is not known: each event goes through them, many times slower');
  }
}
