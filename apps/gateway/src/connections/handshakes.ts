import { ServerResponse, type IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { type Server } from 'socket.io';
import { Counter, TokenBuckets } from '@galley/access';
import { GalleyError, tooManyRequests } from '@galley/contracts';
import { addressKey, pauseBeforeRefusal, Peers, WebPages } from '@galley/http';
import { AuditLog } from '@galley/runtime';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Descriptors } from './descriptors.js';
import { connectionOf, cut, setAddress, type Connection } from './engine-internals.js';
import { namesConnection, refuseRequest, type EngineRequest } from './engine-requests.js';
import { type GatewaySocket } from './gateway-socket.js';
import { type ConnectionStage } from './lifecycle.js';

/** The time from its handshake in which a client must be accepted. */
const CONNECT_WITHIN_MS = 5_000;
const CHECK_EVERY_MS = 250;

/** How long a client should wait if there are too many connections. Any of them may end at any time. */
const RETRY_AFTER_SECONDS = 5;

/**
 * Decides which handshakes to accept when only the headers and the address of a client are known, and cuts connections
 * that are not authenticated in time. A refusal costs next to nothing.
 */
@Injectable()
export class Handshakes implements ConnectionStage {
  private readonly all: TokenBuckets;
  private readonly byAddress: TokenBuckets;
  /** Open connections by the key of their address. */
  private readonly open = new Counter();
  /** Unauthenticated connections and their deadlines, by `performance.now()`, earliest first. */
  private readonly deadlines = new Map<Connection, number>();

  constructor(
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
    private readonly audit: AuditLog,
    private readonly descriptors: Descriptors,
    private readonly peers: Peers,
    private readonly pages: WebPages,
  ) {
    this.all = new TokenBuckets(config.limits.handshakes);
    this.byAddress = new TokenBuckets(config.limits.handshakesOfAddress);
  }

  attach({ engine, httpServer }: Server): void {
    engine.use((request: EngineRequest, response: object, next: () => void) => {
      this.check(request, response, next, connectionOf(engine, request) !== undefined);
    });
    engine.on('connection', (connection: Connection) => {
      setAddress(connection, this.peers.addressOf(connection.request));
      this.open.increment(this.peers.keyOf(connection.request));
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

  /**
   * Checks a request for a stream of events as the handshake of a socket, and counts it until its answer has ended.
   * @throws GalleyError
   */
  async accept(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const hasRoom = await new Promise<boolean>((resolve) => {
      this.descriptors.haveRoom(resolve);
    });
    const key = this.peers.keyOf(request);
    const refusal = hasRoom ? this.refusalByLimits(key) : NO_DESCRIPTORS;
    if (refusal?.code === 'too_many_requests') await pauseBeforeRefusal();
    if (refusal) throw refusal;
    if (response.destroyed) return;
    this.open.increment(key);
    response.once('close', () => {
      this.open.decrement(key);
    });
  }

  /** `cors.origin` of engine.io: whether a page of another origin may read the answers of polling. */
  get allowOrigin(): WebPages['allowOrigin'] {
    return this.pages.allowOrigin;
  }

  /**
   * @param isOfConnection whether the request belongs to an existing connection. If it only says so, it counts against the
   *   rates of handshakes: engine.io refuses it, and many of them cost as much.
   */
  private check(request: EngineRequest, response: object, next: () => void, isOfConnection: boolean): void {
    const decide = (refusal: GalleyError | undefined) => {
      if (refusal) this.refuse(request, response, refusal);
      else next();
    };
    const refusal = this.pages.refusalOf(request) ?? refusalOfJsonp(request);
    if (refusal || isOfConnection) decide(refusal);
    else if (namesConnection(request)) decide(this.refusalByRates(this.peers.keyOf(request)));
    else {
      this.descriptors.haveRoom((hasRoom) => {
        decide(hasRoom ? this.refusalByLimits(this.peers.keyOf(request)) : NO_DESCRIPTORS);
      });
    }
  }

  private refuse(request: EngineRequest, response: object, refusal: GalleyError): void {
    this.audit.record({ action: 'handshake', refused: refusal.code, address: this.peers.addressOf(request) });
    const answer = () => {
      refuseRequest(request, response, refusal);
    };
    // An upgrade ends its connection, so that its client cannot come again at once.
    if (refusal.code === 'too_many_requests' && response instanceof ServerResponse) {
      void pauseBeforeRefusal().then(answer);
    } else answer();
  }

  private refusalByLimits(key: string): GalleyError | undefined {
    const { limits } = this.config;
    if (this.open.total >= limits.connections || this.open.count(key) >= limits.perAddress) {
      return TOO_MANY_CONNECTIONS;
    }
    return this.refusalByRates(key);
  }

  private refusalByRates(key: string): GalleyError | undefined {
    const waitMs = this.byAddress.takeToken(key) || this.all.takeToken('all');
    return waitMs > 0 ? tooManyRequests(waitMs) : undefined;
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
      handshakes.open.decrement(addressKey(this.remoteAddress));
    })(this);
}

const NO_DESCRIPTORS = new GalleyError('unavailable', 'This gateway can open no more connections', {
  retryAfterSeconds: RETRY_AFTER_SECONDS,
});
const TOO_MANY_CONNECTIONS = new GalleyError('too_many_connections', undefined, {
  retryAfterSeconds: RETRY_AFTER_SECONDS,
});

/** With JSONP a page of any origin could read the answers: no browser checks who loads a script. */
function refusalOfJsonp({ _query }: EngineRequest): GalleyError | undefined {
  if (_query.j === undefined) return undefined;
  return new GalleyError('invalid_request', 'JSONP is not supported: poll without the parameter j');
}
