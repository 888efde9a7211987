import { Injectable } from '@nestjs/common';
import { type Namespace, type Server } from 'socket.io';
import { type ServerToClientEvents } from '@galley/contracts';
import { type Connection } from './engine-internals.js';
import { type GatewaySocket } from './gateway-socket.js';
import { type ConnectionStage } from './lifecycle.js';

/** The sockets of this replica. */
@Injectable()
export class Connections implements ConnectionStage {
  private server?: Server;

  attach(server: Server): void {
    this.server = server;
  }

  /** The namespace of all sockets, with their rooms; absent until the app listens. */
  get namespace(): Namespace | undefined {
    return this.server?.sockets;
  }

  all(): Iterable<GatewaySocket> {
    return (this.namespace?.sockets.values() ?? []) as Iterable<GatewaySocket>;
  }

  /** @returns undefined if no client was accepted on this connection */
  socketOf(connection: Connection): GatewaySocket | undefined {
    for (const socket of this.all()) if (socket.conn === connection) return socket;
    return undefined;
  }

  /** Sends an event to the sockets of this replica that are in a room. Each replica sends it to its own sockets. */
  emit<Name extends keyof ServerToClientEvents>(
    room: string,
    name: Name,
    ...payload: Parameters<ServerToClientEvents[Name]>
  ): void {
    this.server?.local.to(room).emit(name, ...payload);
  }
}
