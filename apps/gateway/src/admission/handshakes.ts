import { type IncomingMessage } from 'node:http';
import { type Server } from 'socket.io';
import { clientAddress, Origins, TokenBuckets } from '@galley/access';
import { type ErrorCode } from '@galley/contracts';
import { type AuditLog } from '@galley/runtime';
import { cut, setAddress, type Connection } from '../connections/internals.js';
import { type GatewayConfig } from '../gateway.config.js';

/** Milliseconds that a client has from its handshake to its connect packet, and between two looks at who is late. */
const CONNECT_WITHIN = 5_000;
const LOOK_EVERY = 250;

/** Who may begin a connection, before anything is known of them but where they come from. To refuse costs next to nothing. */
export class Handshakes {
  private readonly origins: Origins;
  private readonly addressOf: (request: IncomingMessage) => string;
  private readonly all: TokenBuckets;
  private readonly ofAddress: TokenBuckets;
  /** Connections by address. */
  private readonly open = new Map<string, number>();
  private count = 0;
  /** Those that have not said yet who they are, each with the end of its time, the first to end first. */
  private readonly silent = new Map<Connection, number>();

  constructor(
    private readonly config: GatewayConfig,
    private readonly audit: AuditLog,
  ) {
    this.origins = new Origins(config.allowedOrigins);
    this.addressOf = clientAddress(config.trustedProxies);
    this.all = new TokenBuckets(config.limits.handshakes);
    this.ofAddress = new TokenBuckets(config.limits.handshakesOfAddress);
  }

  /** `allowRequest` of engine.io. */
  readonly allow = (request: IncomingMessage, decide: (message: string | null, success: boolean) => void): void => {
    const address = this.addressOf(request);
    const refusal = this.refusalOf(request, address);
    if (refusal !== undefined) this.audit.record({ action: 'handshake', refused: refusal, address });
    decide(refusal ?? null, refusal === undefined);
  };

  /** Whether a web page may read the answers of polling. */
  readonly allowOrigin = (origin: string | undefined, decide: (error: null, allowed: boolean) => void): void => {
    decide(null, this.origins.allow(origin));
  };

  /** Counts the connections of a server from now on, and ends those that never say who they are. */
  watch(server: Server): void {
    const { engine } = server;
    engine.on('connection', (connection: Connection) => {
      const address = this.addressOf(connection.request);
      setAddress(connection, address);
      this.count++;
      this.open.set(address, (this.open.get(address) ?? 0) + 1);
      connection.on('close', this.closed);
      this.silent.set(connection, Date.now() + CONNECT_WITHIN);
    });
    server.on('connection', ({ conn }) => {
      this.silent.delete(conn);
    });
    const timer = setInterval(() => {
      this.endSilent();
    }, LOOK_EVERY).unref();
    engine.httpServer?.once('close', () => {
      clearInterval(timer);
    });
  }

  /** `connectTimeout` of Socket.IO would ask them to end, and wait half a minute for an answer. */
  private endSilent(): void {
    const now = Date.now();
    for (const [connection, deadline] of this.silent) {
      if (deadline > now) return;
      this.silent.delete(connection);
      cut(connection);
    }
  }

  /** One for all connections: it finds its own as `this`. */
  private readonly closed = ((handshakes: Handshakes) =>
    function (this: Connection): void {
      handshakes.count--;
      handshakes.silent.delete(this);
      const left = (handshakes.open.get(this.remoteAddress) ?? 1) - 1;
      if (left > 0) handshakes.open.set(this.remoteAddress, left);
      else handshakes.open.delete(this.remoteAddress);
    })(this);

  private refusalOf({ headers }: IncomingMessage, address: string): ErrorCode | undefined {
    const { limits } = this.config;
    if (!this.origins.allow(headers.origin, headers.host)) return 'forbidden';
    if (this.count >= limits.connections) return 'too_many_connections';
    if ((this.open.get(address) ?? 0) >= limits.perAddress) return 'too_many_connections';
    if (this.ofAddress.take(address) > 0 || this.all.take('all') > 0) return 'too_many_requests';
    return undefined;
  }
}
