import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Logger } from '@nestjs/common';
import { WebSocketGateway, type OnGatewayConnection, type OnGatewayInit } from '@nestjs/websockets';
import { type Server } from 'socket.io';
import {
  connectAuth,
  formatPosition,
  GalleyError,
  invalidRequest,
  parsePosition,
  type ConnectAuth,
  type Position,
  type ReadyEvent,
} from '#contracts';
import { forgetBeginning, gatherWrites } from '../connections/internals.js';
import { FanOutGateway, FEED_ROOM, LIVE_ROOM } from '../fan-out/fan-out.gateway.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { HOME_ROOM, roomFor } from '../rooms/room-rules.js';
import { type Client } from './client.js';
import { Replay } from './replay.js';

/** How often a replica that hears nothing looks whether it does again, in milliseconds. */
const LOOK_EVERY = 100;

/** The beginning of a connection: what the client missed, then `ready`, then live, without a gap or a repeat. */
@WebSocketGateway()
export class SessionsGateway implements OnGatewayInit<Server>, OnGatewayConnection<Client> {
  private readonly logger = new Logger(SessionsGateway.name);

  constructor(
    private readonly fanOut: FanOutGateway,
    private readonly replay: Replay,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  afterInit(server: Server): void {
    server.use((socket, next) => {
      try {
        (socket as Client).data.auth = this.parseAuth(socket.handshake.auth);
        gatherWrites(socket.conn); // the answer and, for who has missed nothing, `ready`
        next();
      } catch (error) {
        next(toConnectError(error));
      }
    });
  }

  handleConnection(client: Client): void {
    forgetBeginning(client);
    client.data.ready = this.open(client).catch((error: unknown) => {
      this.logger.error(error);
      client.conn.close(); // comes back, and has another try
    });
  }

  private async open(client: Client): Promise<void> {
    const { position, rooms, feed } = client.data.auth ?? {};
    const into = rooms ? [...new Set(rooms.map(roomFor))] : [HOME_ROOM];
    await this.fanOut.started;
    // Who asked for `feed` wants to know whether it is up to date: not while this replica hears nothing.
    while (feed && client.connected && !this.fanOut.attached) await delay(LOOK_EVERY);
    const since = position === undefined ? undefined : parsePosition(position);
    await this.replay.send(client, since, into, (result) => {
      const event: ReadyEvent = { ...at(this.fanOut.recent.head), ...result, gateway: this.config.name };
      client.emit('ready', event);
      client.data = {};
      // Nobody sends to the room that each socket has for itself.
      void client.leave(client.id);
      void client.join([...into, LIVE_ROOM, ...(feed ? [FEED_ROOM] : [])]);
    });
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

/** What the client gets as `connect_error`: `data` is shaped like the error of an ack. */
function toConnectError(error: unknown): Error {
  const { code, message } = error instanceof GalleyError ? error : new GalleyError('internal_error');
  return Object.assign(new Error(message), { data: { code, message } });
}
