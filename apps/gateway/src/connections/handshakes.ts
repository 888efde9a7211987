import { type IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { type Server } from 'socket.io';
import { clientAddress, Counter, Origins, TokenBuckets } from '@galley/access';
import { type ErrorCode } from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Descriptors } from './descriptors.js';
import { cut, setAddress, type Connection } from './engine-internals.js';
import { type GatewaySocket } from './gateway-socket.js';
import { type ConnectionStage } from './lifecycle.js';

/** The time from its handshake in which a client must be accepted. */
const CONNECT_WITHIN_MS = 5_000;
const CHECK_EVERY_MS = 250;

/**
 * Decides which handshakes to accept when only the origin and the address of a client are known, and cuts connections
 * that are not authenticated in time. A refusal costs next to nothing.
 */
@Injectable()
export class Handshakes implements ConnectionStage {
  private readonly origins: Origins;
  private readonly addressOf: (request: IncomingMessage) => string;
  private readonly all: TokenBuckets;
  private readonly byAddress: TokenBuckets;
  /** Open connections by address. */
  private readonly open = new Counter();
  /** Unauthenticated connections and their deadlines, by `performance.now()`, earliest first. */
  private readonly deadlines = new Map<Connection, number>();

  constructor(
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    private readonly audit: AuditLog,
    private readonly descriptors: Descriptors,
  ) {
    this.origins = new Origins(config.allowedOrigins);
    this.addressOf = clientAddress(config.trustedProxies);
    this.all = new TokenBuckets(config.limits.handshakes);
    this.byAddress = new TokenBuckets(config.limits.handshakesOfAddress);
  }

  attach({ engine, httpServer }: Server): void {
    engine.on('connection', (connection: Connection) => {
      const address = this.addressOf(connection.request);
      setAddress(connection, address);
      this.open.increment(address);
      connection.on('close', this.closed);
      this.deadlines.set(connection, performance.now() + CONNECT_WITHIN_MS);
    });
    const timer = setInterval(() => {
      this.endLate();
    }, CHECK_EVERY_MS).unref();
    httpServer.once('close', () => {
      clearInterval(timer);
    });
  }

  connected({ conn }: GatewaySocket): void {
    this.deadlines.delete(conn);
  }

  /** `allowRequest` of engine.io. */
  readonly allow = (request: IncomingMessage, decide: (message: string | null, success: boolean) => void): void => {
    const address = this.addressOf(request);
    this.descriptors.haveRoom((hasRoom) => {
      const refusal = this.refusalOf(request, address, hasRoom);
      if (refusal !== undefined) this.audit.record({ action: 'handshake', refused: refusal, address });
      decide(refusal ?? null, refusal === undefined);
    });
  };

  /** `cors.origin` of engine.io: whether a web page may read the answers of polling. */
  readonly allowOrigin = (origin: string | undefined, decide: (error: null, allowed: boolean) => void): void => {
    decide(null, this.origins.allow(origin));
  };

  private refusalOf({ headers }: IncomingMessage, address: string, hasRoom: boolean): ErrorCode | undefined {
    const { limits } = this.config;
    if (!this.origins.allow(headers.origin, headers.host)) return 'forbidden';
    if (!hasRoom || this.open.total >= limits.connections) return 'too_many_connections';
    if (this.open.count(address) >= limits.perAddress) return 'too_many_connections';
    if (this.byAddress.takeToken(address) > 0 || this.all.takeToken('all') > 0) return 'too_many_requests';
    return undefined;
  }

  /** Not `connectTimeout` of Socket.IO: that would ask the client to close, and wait half a minute for an answer. */
  private endLate(): void {
    const now = performance.now();
    for (const [connection, deadline] of this.deadlines) {
      if (deadline > now) return;
      this.deadlines.delete(connection);
      cut(connection);
    }
  }

  /** One listener for all connections: engine.io calls it with the connection as `this`. */
  private readonly closed = ((handshakes: Handshakes) =>
    function (this: Connection): void {
      handshakes.deadlines.delete(this);
      handshakes.open.decrement(this.remoteAddress);
    })(this);
}
