import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { type Server } from 'socket.io';
import { GalleyError } from '@galley/contracts';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Connections } from './connections.js';
import { namesConnection, refuseRequest, type EngineMiddleware } from './engine-requests.js';
import { type ConnectionStage } from './lifecycle.js';

/** The longest pause between closing two connections, so that a few of them do not take the whole window. */
const LONGEST_PAUSE_MS = 100;

const STOPPING = new GalleyError('unavailable', 'This gateway is stopping', { retryAfterSeconds: 1 });

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

  /** @throws GalleyError `unavailable` once this replica stops */
  refuseIfStopping(): void {
    if (this.hasBegun) throw STOPPING;
  }

  /** With the answer 503 a proxy in front tries another replica. */
  private readonly refuseNewConnections: EngineMiddleware = (request, response, next) => {
    if (this.hasBegun && !namesConnection(request)) refuseRequest(request, response, STOPPING);
    else next();
  };

  async beforeApplicationShutdown(): Promise<void> {
    this.hasBegun = true;
    const subscribers = [...this.connections.all()];
    if (subscribers.length === 0) return;
    const pauseMs = Math.min(this.config.drainWindowMs / subscribers.length, LONGEST_PAUSE_MS);
    this.logger.log(`Closing ${subscribers.length} connections within ${Math.round(pauseMs * subscribers.length)} ms`);
    const started = performance.now();
    for (const [i, subscriber] of subscribers.entries()) {
      const earlyMs = started + i * pauseMs - performance.now();
      if (earlyMs > 0) await delay(earlyMs);
      subscriber.close('drain');
    }
  }
}
