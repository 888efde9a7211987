import { type Server as HttpServer } from 'node:http';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { type Server } from 'socket.io';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { type ConnectionStage } from './lifecycle.js';

/** Descriptors that no peer gets: about 30 are in use, the others are for reconnects, look-ups of names and files. */
const KEPT_FOR_PROCESS = 64;
/** TCP connections that no new client gets: they are for health checks, refusals and the requests of polling clients. */
const KEPT_FOR_REQUESTS = 32;
const CLOSE_IDLE_EVERY_MS = 250;

/**
 * Keeps file descriptors free for Redis and for health checks, if the limit of open files is known. It counts the TCP
 * connections of the HTTP server, because a polling client may have none or several, and other requests have theirs.
 */
@Injectable()
export class Descriptors implements ConnectionStage {
  private readonly logger = new Logger(Descriptors.name);
  private server?: HttpServer;
  /** The number of open TCP connections above which no client may connect. */
  private readonly most: number;

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {
    this.most = Math.max(0, (config.openFilesLimit ?? Infinity) - KEPT_FOR_PROCESS - KEPT_FOR_REQUESTS);
  }

  attach({ httpServer }: Server): void {
    if (this.most === Infinity) return;
    const server = httpServer as HttpServer;
    this.warnIfTooFew();
    this.server = server;
    server.maxConnections = this.most + KEPT_FOR_REQUESTS; // Node closes each further connection at once
    const timer = setInterval(() => {
      this.count((open) => {
        if (open > this.most) server.closeIdleConnections();
      });
    }, CLOSE_IDLE_EVERY_MS).unref();
    server.once('close', () => {
      clearInterval(timer);
    });
  }

  /** Tells whether the TCP connection on which a client asks to connect leaves enough descriptors. */
  haveRoom(decide: (hasRoom: boolean) => void): void {
    this.count((open) => {
      decide(open <= this.most);
    });
  }

  private count(use: (open: number) => void): void {
    if (!this.server) use(0);
    else {
      this.server.getConnections((_error, open) => {
        use(open);
      });
    }
  }

  private warnIfTooFew(): void {
    const { openFilesLimit, limits } = this.config;
    if (this.most >= limits.connections) return;
    const needed = limits.connections + KEPT_FOR_PROCESS + KEPT_FOR_REQUESTS;
    this.logger.warn(
      `Only ${this.most} of ${limits.connections} connections fit into the limit of ${openFilesLimit} open files: ` +
        `raise it to ${needed} (ulimit -n ${needed}), or lower MAX_CONNECTIONS`,
    );
  }
}
