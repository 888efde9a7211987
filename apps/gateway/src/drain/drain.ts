import { ServerResponse, STATUS_CODES, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { type Server } from 'socket.io';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

/** Milliseconds from one connection to the next at most: a few of them do not take the whole window. */
const LONGEST_PAUSE = 100;

const STATUS = 503;
const HEADERS = { connection: 'close', 'retry-after': '1' };

const OF_A_SESSION = /[?&]sid=/;

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

  watch(server: Server): void {
    this.server = server;
    server.engine.use(this.refuseNewSessions);
  }

  /** Before engine.io, which has no 503, the answer at which a proxy in front tries another replica. */
  private readonly refuseNewSessions = (request: IncomingMessage, response: object, next: () => void): void => {
    if (!this.begun || OF_A_SESSION.test(request.url ?? '')) next();
    else if (response instanceof ServerResponse) response.writeHead(STATUS, HEADERS).end();
    else {
      const lines = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
      request.socket.end(`HTTP/1.1 ${STATUS} ${STATUS_CODES[STATUS]}\r\n${lines.join('')}\r\n`);
    }
  };

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
