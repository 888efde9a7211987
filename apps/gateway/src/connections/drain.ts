import { ServerResponse, STATUS_CODES, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { type Server } from 'socket.io';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Connections } from './connections.js';
import { type ConnectionStage } from './lifecycle.js';

/** The longest pause between closing two connections, so that a few of them do not take the whole window. */
const LONGEST_PAUSE_MS = 100;

const STATUS = 503;
const HEADERS = { connection: 'close', 'retry-after': '1' };

/** Found in the URL of requests that belong to an existing connection. */
const HAS_SESSION_ID = /[?&]sid=/;

/**
 * Sends the clients to other replicas before this one stops. If all connections were closed at once, the clients would
 * storm the other replicas. So they are closed one by one, and get changes until then. Each client reconnects by itself
 * and resumes.
 */
@Injectable()
export class Drain implements ConnectionStage, BeforeApplicationShutdown {
  private readonly logger = new Logger(Drain.name);
  private hasBegun = false;

  constructor(
    private readonly connections: Connections,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  attach({ engine }: Server): void {
    engine.use(this.refuseNewConnections);
  }

  /** Runs before engine.io, which cannot answer 503. With a 503 a proxy in front tries another replica. */
  private readonly refuseNewConnections = (request: IncomingMessage, response: object, next: () => void): void => {
    if (!this.hasBegun || HAS_SESSION_ID.test(request.url ?? '')) next();
    else if (response instanceof ServerResponse) response.writeHead(STATUS, HEADERS).end();
    else {
      const lines = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
      request.socket.end(`HTTP/1.1 ${STATUS} ${STATUS_CODES[STATUS]}\r\n${lines.join('')}\r\n`);
    }
  };

  async beforeApplicationShutdown(): Promise<void> {
    this.hasBegun = true;
    const connections = Array.from(this.connections.all(), ({ conn }) => conn);
    if (connections.length === 0) return;
    const pauseMs = Math.min(this.config.drainWindowMs / connections.length, LONGEST_PAUSE_MS);
    this.logger.log(`Closing ${connections.length} connections within ${Math.round(pauseMs * connections.length)} ms`);
    const started = performance.now();
    for (const [i, connection] of connections.entries()) {
      const earlyMs = started + i * pauseMs - performance.now();
      if (earlyMs > 0) await delay(earlyMs);
      connection.close();
    }
  }
}
