import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { type Server } from 'socket.io';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

/** Milliseconds from one connection to the next at most: a few of them do not take the whole window. */
const LONGEST_PAUSE = 10;

/**
 * Sends the clients elsewhere before this replica stops. Closed all at once they would storm the other replicas; so they
 * are closed one by one, and go on hearing of changes until then. Each comes back by itself, and resumes.
 */
@Injectable()
export class Drain implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Drain.name);
  private server?: Server;
  private begun = false;

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  /** Whether nobody may come any more. */
  get hasBegun(): boolean {
    return this.begun;
  }

  watch(server: Server): void {
    this.server = server;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.begun = true;
    const connections = [...(this.server?.sockets.sockets.values() ?? [])].map(({ conn }) => conn);
    if (connections.length === 0) return;
    const pause = Math.min(this.config.drainWindowMs / connections.length, LONGEST_PAUSE);
    this.logger.log(`Closing ${connections.length} connections within ${Math.round(pause * connections.length)} ms`);
    const started = performance.now();
    for (const [i, connection] of connections.entries()) {
      const early = started + i * pause - performance.now();
      if (early > 0) await delay(early);
      connection.close();
    }
  }
}
