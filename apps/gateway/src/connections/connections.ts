import { Injectable } from '@nestjs/common';
import { type Namespace, type Server } from 'socket.io';
import { type Connection } from './engine-internals.js';
import { EventStreams } from './event-streams.js';
import { type GatewaySocket } from './gateway-socket.js';
import { type SubscriberStage } from './subscriber-stages.js';
import { type Subscriber } from './subscriber.js';

/** The clients of this replica. */
@Injectable()
export class Connections implements SubscriberStage {
  private server?: Server;

  constructor(private readonly streams: EventStreams) {}

  attach(server: Server): void {
    this.server = server;
  }

  /** The namespace of all sockets; absent until the app listens. */
  get namespace(): Namespace | undefined {
    return this.server?.sockets;
  }

  /** All clients that were accepted. */
  *all(): Generator<Subscriber, void> {
    for (const { data } of this.sockets()) yield data;
    yield* this.streams.all();
  }

  /** The number of all clients that were accepted. */
  get size(): number {
    return (this.namespace?.sockets.size ?? 0) + this.streams.size;
  }

  /** @returns undefined if no client was accepted on this connection */
  socketOf(connection: Connection): GatewaySocket | undefined {
    for (const socket of this.sockets()) if (socket.conn === connection) return socket;
    return undefined;
  }

  private sockets(): Iterable<GatewaySocket> {
    return (this.namespace?.sockets.values() ?? []) as Iterable<GatewaySocket>;
  }
}
