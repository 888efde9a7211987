import { Inject, Injectable } from '@nestjs/common';
import { type Server } from 'socket.io';
import { type Ending, type Subscriber } from './subscriber.js';

/** One stage in the life of each client, however it is connected. All hooks are optional. */
export interface SubscriberStage {
  /** Called once, when there is a server and before any client connects. */
  attach?(server: Server): void;

  /**
   * A client asks to connect, and its request is well-formed.
   * @throws GalleyError to refuse the client; no later stage is called then
   */
  connecting?(subscriber: Subscriber): void | Promise<void>;

  /** All stages have accepted the client. A stage may end its connection; no later stage is called then. */
  connected?(subscriber: Subscriber): void;

  /** The client is gone. Called for each client that was connected, whichever stage it has reached. */
  disconnected?(subscriber: Subscriber): void;
}

/** How a connection has ended that this replica has not. */
export type Departure = 'client_left' | 'ping_timeout' | 'transport_error';

/** Injection token: the stages, in the order in which a client passes them (`app.module.ts` has the list). */
export const SUBSCRIBER_STAGES = Symbol('SUBSCRIBER_STAGES');

/** Leads each client through the stages that do not depend on its connection. */
@Injectable()
export class SubscriberStages {
  /** How often connections of accepted clients have ended, by the reason. */
  readonly endings = new Map<Ending | Departure, number>();

  constructor(@Inject(SUBSCRIBER_STAGES) private readonly stages: readonly SubscriberStage[]) {}

  attach(server: Server): void {
    for (const stage of this.stages) stage.attach?.(server);
  }

  async connecting(subscriber: Subscriber): Promise<void> {
    for (const stage of this.stages) if (stage.connecting) await stage.connecting(subscriber);
  }

  connected(subscriber: Subscriber): void {
    for (const stage of this.stages) if (subscriber.isConnected) stage.connected?.(subscriber);
  }

  disconnected(subscriber: Subscriber, departure: Departure): void {
    const reason = subscriber.ending ?? departure;
    this.endings.set(reason, (this.endings.get(reason) ?? 0) + 1);
    for (const stage of this.stages) stage.disconnected?.(subscriber);
  }
}
