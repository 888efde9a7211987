import { Injectable, Logger } from '@nestjs/common';
import { GalleyError, type Ack, type ClientToServerEvents } from '@galley/contracts';
import { TokensGateway } from '../access/tokens.gateway.js';
import { Rooms } from '../rooms/rooms.js';
import { type Client } from '../sessions/client.js';
import { EventLimit } from './event-limit.js';

/** @returns what the client is told through its ack. A GalleyError is told too. */
type Handler = (client: Client, body: unknown) => Promise<unknown>;

/**
 * What clients may send. One listener serves them all: `@SubscribeMessage` keeps several closures for each event of each
 * client, a kilobyte in all.
 */
@Injectable()
export class ClientEvents {
  private readonly logger = new Logger(ClientEvents.name);
  private readonly handlers: Record<keyof ClientToServerEvents, Handler>;

  constructor(
    private readonly limit: EventLimit,
    rooms: Rooms,
    tokens: TokensGateway,
  ) {
    this.handlers = {
      joinRoom: (client, body) => rooms.join(client, body),
      leaveRoom: (client, body) => rooms.leave(client, body),
      refreshToken: (client, body) => tokens.refresh(client, body),
    };
  }

  watch(client: Client): void {
    client.onAny(this.received);
  }

  /** It finds its client as `this`. */
  private readonly received = ((events: ClientEvents) =>
    function (this: Client, name: string, ...args: unknown[]): void {
      void events.handle(this, name, args);
    })(this);

  private async handle(client: Client, name: string, args: unknown[]): Promise<void> {
    const last = args.at(-1);
    const ack = typeof last === 'function' ? (last as (answer: Ack<unknown>) => void) : undefined;
    try {
      this.limit.check(client);
      if (!Object.hasOwn(this.handlers, name)) return; // of a newer client, maybe
      const body = args[0] === ack ? undefined : args[0];
      const data = await this.handlers[name as keyof ClientToServerEvents](client, body);
      ack?.({ ok: true, data });
    } catch (cause) {
      const error = cause instanceof GalleyError ? cause : new GalleyError('internal_error');
      if (error !== cause) this.logger.error(cause);
      ack?.({ ok: false, error: { code: error.code, message: error.message } });
    }
  }
}
