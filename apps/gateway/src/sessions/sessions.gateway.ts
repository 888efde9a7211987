import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Logger } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection, type OnGatewayInit } from '@nestjs/websockets';
import { type DisconnectReason, type Server } from 'socket.io';
import { SignOuts } from '@galley/access';
import {
  connectAuth,
  formatPosition,
  GalleyError,
  invalidRequest,
  parsePosition,
  toConnectRefusal,
  type ConnectAuth,
  type Position,
  type ReadyEvent,
} from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
import { ConnectGate } from '../access/connect-gate.js';
import { TokenExpiry } from '../access/token-expiry.js';
import { ClientEvents } from '../client-events/client-events.js';
import { areKnown, cut, forgetBeginning, gatherWrites, type Connection } from '../connections/internals.js';
import { FanOutGateway, FEED_ROOM, LIVE_ROOM } from '../fan-out/fan-out.gateway.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { homeRoom, roomFor } from '../rooms/room-rules.js';
import { type Client } from './client.js';
import { Replay } from './replay.js';

/** How often a replica that hears nothing looks whether it does again, in milliseconds. */
const LOOK_EVERY = 100;

/** The beginning of a connection: what the client missed, then `ready`, then live, without a gap or a repeat. */
@WebSocketGateway()
export class SessionsGateway implements OnGatewayInit<Server>, OnGatewayConnection<Client> {
  private readonly logger = new Logger(SessionsGateway.name);
  private hasLooked = false;
  /** Connections whose client is being admitted. */
  private readonly entering = new WeakSet<Connection>();

  constructor(
    private readonly gate: ConnectGate,
    private readonly expiry: TokenExpiry,
    private readonly signOuts: SignOuts,
    private readonly events: ClientEvents,
    private readonly audit: AuditLog,
    private readonly fanOut: FanOutGateway,
    private readonly replay: Replay,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  afterInit(server: Server): void {
    server.use((socket, next) => {
      const client = socket as Client;
      // Of several connect packets at once each would become a socket, and get every event again.
      if (this.entering.has(client.conn)) {
        cut(client.conn);
        return;
      }
      this.entering.add(client.conn);
      this.admit(client).then(
        () => {
          gatherWrites(client.conn); // the answer and, for who has missed nothing, `ready`
          next();
        },
        (error: unknown) => {
          this.entering.delete(client.conn);
          next(this.refuse(client, error));
        },
      );
    });
  }

  handleConnection(client: Client): void {
    const { principal } = client.data;
    if (this.signOuts.has(principal)) {
      client.disconnect(true); // since it was admitted
      return;
    }
    this.entering.delete(client.conn);
    this.lookAtFirst(client);
    this.gate.entered(principal);
    this.expiry.watch(client);
    this.events.watch(client);
    client.on('disconnect', this.disconnected);
    forgetBeginning(client);
    client.data.ready = this.open(client).catch((error: unknown) => {
      this.logger.error(error);
      client.conn.close(); // comes back, and has another try
    });
  }

  /** One for all clients: it finds its own as `this`. */
  private readonly disconnected = ((sessions: SessionsGateway) =>
    function (this: Client, reason: DisconnectReason): void {
      sessions.gate.left(this.data.principal);
      sessions.expiry.forget(this);
      // Whoever has left says nothing more, and would stay connected for as long as he answers pings.
      if (reason === 'client namespace disconnect') cut(this.conn);
    })(this);

  /** @throws GalleyError */
  private async admit(client: Client): Promise<void> {
    const { position, rooms, feed = false } = this.parseAuth(client.handshake.auth);
    const principal = await this.gate.admit(client);
    const names = rooms ? rooms.map((request) => roomFor(principal, request)) : [homeRoom(principal)];
    const entry = {
      since: position === undefined ? undefined : parsePosition(position),
      rooms: [...new Set(names)],
      feed,
    };
    client.data = { principal, entry };
  }

  private refuse(client: Client, cause: unknown): Error {
    const error = cause instanceof GalleyError ? cause : new GalleyError('internal_error');
    if (error !== cause) this.logger.error(cause);
    this.audit.record({ action: 'connect', refused: error.code, address: client.conn.remoteAddress });
    return Object.assign(new Error(error.message), { data: toConnectRefusal(error) });
  }

  private async open(client: Client): Promise<void> {
    const { since, rooms, feed } = client.data.entry ?? { rooms: [], feed: false };
    await this.fanOut.started;
    // Who asked for `feed` wants to know whether it is up to date: not while this replica hears nothing.
    while (feed && client.connected && !this.fanOut.attached) await delay(LOOK_EVERY);
    await this.replay.send(client, since, rooms, (result) => {
      const event: ReadyEvent = { ...at(this.fanOut.recent.head), ...result, gateway: this.config.name };
      client.emit('ready', event);
      client.data.entry = client.data.ready = undefined;
      // Nobody sends to the room that each socket has for itself.
      void client.leave(client.id);
      void client.join([...rooms, LIVE_ROOM, ...(feed ? [FEED_ROOM] : [])]);
    });
  }

  /** There is no connection to look at before the first. */
  private lookAtFirst({ conn }: Client): void {
    if (this.hasLooked || conn.transport.name !== 'websocket') return;
    this.hasLooked = true;
    if (areKnown(conn)) return;
    this.logger.warn(
      'This version of engine.io or ws is unknown here: each event goes through them, many times slower',
    );
  }

  private parseAuth(auth: unknown): ConnectAuth {
    // Counted first: a schema would look at each of a hundred thousand.
    const { rooms } = auth as { rooms?: unknown };
    if (Array.isArray(rooms) && rooms.length > this.config.maxRooms) throw this.tooManyRooms();
    const result = connectAuth.safeParse(auth);
    if (!result.success) throw invalidRequest(result.error.issues, 'auth');
    return result.data;
  }

  private tooManyRooms(): GalleyError {
    return new GalleyError('too_many_rooms', `A connection may follow ${this.config.maxRooms} orders at most`);
  }
}

const at = (position: Position | undefined) => position && { position: formatPosition(position) };
