import { Inject, Injectable, Logger } from '@nestjs/common';
import { type DisconnectReason, type Server } from 'socket.io';
import { GalleyError, toConnectRefusal } from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
import { cut, forgetBeginning, gatherWrites, type Connection } from './engine-internals.js';
import { SocketSubscriber, type GatewaySocket } from './gateway-socket.js';
import { SubscriberStages, type Departure } from './subscriber-stages.js';

/** One stage in the life of each socket, before those of all clients. All hooks are optional. */
export interface ConnectionStage {
  /** Called once, when there is a server and before any client connects. */
  attach?(server: Server): void;

  /**
   * A client asks to connect. Its connection has passed the handshake.
   * @throws GalleyError to refuse the client; no later stage is called then
   */
  connecting?(socket: GatewaySocket): void | Promise<void>;

  /** All stages have accepted the client. A stage may disconnect it; no later stage is called then. */
  connected?(socket: GatewaySocket): void;

  /** The client is gone. Called for each socket that was connected, whichever stage it has reached. */
  disconnected?(socket: GatewaySocket): void;
}

/** Injection token: the stages, in the order in which a connection passes them (`app.module.ts` has the list). */
export const CONNECTION_STAGES = Symbol('CONNECTION_STAGES');

/** How Socket.IO's reasons look in metrics. A replica that ends a connection itself has another reason. */
const DEPARTURES: Record<DisconnectReason, Departure> = {
  'transport close': 'client_left',
  'client namespace disconnect': 'client_left',
  'transport error': 'transport_error',
  'ping timeout': 'ping_timeout',
  'parse error': 'transport_error',
  'server namespace disconnect': 'client_left',
  'forced close': 'client_left',
  'forced server close': 'client_left',
  'server shutting down': 'client_left',
};

/** Leads each socket through the stages of sockets, then through those of all clients. */
@Injectable()
export class ConnectionLifecycle {
  private readonly logger = new Logger(ConnectionLifecycle.name);
  /** Connections whose client has asked to connect and is not accepted yet. */
  private readonly connecting = new WeakSet<Connection>();

  constructor(
    @Inject(CONNECTION_STAGES) private readonly stages: readonly ConnectionStage[],
    private readonly subscribers: SubscriberStages,
    private readonly audit: AuditLog,
  ) {}

  attach(server: Server): void {
    for (const stage of this.stages) stage.attach?.(server);
    this.subscribers.attach(server);
    server.use((socket, next) => {
      this.connect(socket as GatewaySocket, next);
    });
    server.on('connection', (socket) => {
      this.connected(socket as GatewaySocket);
    });
  }

  private connect(socket: GatewaySocket, next: (refusal?: Error) => void): void {
    // Each of several connect packets would become a socket, and each socket would get every event.
    if (this.connecting.has(socket.conn)) {
      cut(socket.conn);
      return;
    }
    this.connecting.add(socket.conn);
    socket.data = new SocketSubscriber(socket);
    this.passStages(socket).then(
      () => {
        gatherWrites(socket.conn); // together: the answer and, if the client has missed nothing, `ready`
        next();
      },
      (cause: unknown) => {
        this.connecting.delete(socket.conn);
        next(this.toRefusal(socket, cause));
      },
    );
  }

  private async passStages(socket: GatewaySocket): Promise<void> {
    for (const stage of this.stages) if (stage.connecting) await stage.connecting(socket);
    await this.subscribers.connecting(socket.data);
  }

  private connected(socket: GatewaySocket): void {
    this.connecting.delete(socket.conn);
    socket.on('disconnect', this.disconnected);
    for (const stage of this.stages) if (socket.connected) stage.connected?.(socket);
    this.subscribers.connected(socket.data);
    forgetBeginning(socket);
  }

  /** One listener for all sockets: Socket.IO calls it with the socket as `this`. */
  private readonly disconnected = ((lifecycle: ConnectionLifecycle) =>
    function (this: GatewaySocket, reason: DisconnectReason): void {
      for (const stage of lifecycle.stages) stage.disconnected?.(this);
      lifecycle.subscribers.disconnected(this.data, DEPARTURES[reason]);
      // A client that has left sends nothing more, but its connection would stay open as long as it answers pings.
      if (reason === 'client namespace disconnect') cut(this.conn);
    })(this);

  private toRefusal(socket: GatewaySocket, cause: unknown): Error {
    const error = cause instanceof GalleyError ? cause : new GalleyError('internal_error');
    if (error !== cause) this.logger.error(cause);
    this.audit.record({ action: 'connect', refused: error.code, address: socket.conn.remoteAddress });
    return Object.assign(new Error(error.message), { data: toConnectRefusal(error) });
  }
}
