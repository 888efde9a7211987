import { Logger } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { GalleyError, type Ack, type ClientToServerEvents } from '@galley/contracts';
import { TokenRenewal } from '../access/token-renewal.js';
import { type GatewaySocket } from '../connections/gateway-socket.js';
import { type ConnectionStage } from '../connections/lifecycle.js';
import { Rooms } from '../rooms/rooms.js';
import { EventLimit } from './event-limit.js';

/** @returns the data of the ack. A GalleyError is sent as an error in the ack. */
type Handler = (socket: GatewaySocket, body: unknown) => Promise<unknown>;

/**
 * Answers the events that clients send. One listener serves all clients: `@SubscribeMessage` would keep several closures
 * for each event of each client, a kilobyte per client.
 */
@WebSocketGateway()
export class ClientEventsGateway implements ConnectionStage {
  private readonly logger = new Logger(ClientEventsGateway.name);
  private readonly handlers: Record<keyof ClientToServerEvents, Handler>;

  constructor(
    private readonly limit: EventLimit,
    rooms: Rooms,
    renewal: TokenRenewal,
  ) {
    this.handlers = {
      joinRoom: ({ data }, body) => rooms.join(data, body),
      leaveRoom: ({ data }, body) => rooms.leave(data, body),
      refreshToken: ({ data }, body) => renewal.refresh(data, body),
    };
  }

  connected(socket: GatewaySocket): void {
    socket.onAny(this.received);
  }

  /** One listener for all sockets: Socket.IO calls it with the socket as `this`. */
  private readonly received = ((events: ClientEventsGateway) =>
    function (this: GatewaySocket, name: string, ...args: unknown[]): void {
      void events.handle(this, name, args);
    })(this);

  private async handle(socket: GatewaySocket, name: string, args: unknown[]): Promise<void> {
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as (answer: Ack<unknown>) => void) : undefined;
    try {
      this.limit.check(socket);
      if (!Object.hasOwn(this.handlers, name))
        throw new GalleyError('invalid_request', 'There is no event of this name');
      const body = args[0] === ack ? undefined : args[0];
      const data = await this.handlers[name as keyof ClientToServerEvents](socket, body);
      ack?.({ ok: true, data });
    } catch (cause) {
      const error = cause instanceof GalleyError ? cause : new GalleyError('internal_error');
      if (error !== cause) this.logger.error(cause);
      ack?.({ ok: false, error: { code: error.code, message: error.message } });
    }
  }
}
