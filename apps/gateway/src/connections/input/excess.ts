import { Injectable } from '@nestjs/common';
import { AuditLog } from '@galley/runtime';
import { Connections } from '../connections.js';
import { cut, stopReading, type Connection } from '../engine-internals.js';

/** How long a peer may always send more than it may before it is cut off. Meanwhile it is only read slowly. */
export const CUT_AFTER_MS = 10_000;

/** How long a peer is not read before it is cut off, so that it cannot come back at once, again and again. */
export const END_AFTER_MS = 1_000;

/** Ends the connections of peers that send too much, and records who they are. */
@Injectable()
export class Excess {
  private readonly ended = new WeakSet<Connection>();

  constructor(
    private readonly connections: Connections,
    private readonly audit: AuditLog,
  ) {}

  end(connection: Connection): void {
    if (this.ended.has(connection)) return;
    this.ended.add(connection);
    const subscriber = this.connections.socketOf(connection)?.data;
    if (subscriber) subscriber.ending ??= 'too_much_sent';
    const { role, sub } = subscriber?.principal ?? {};
    const address = connection.remoteAddress;
    this.audit.record({ action: 'send', refused: 'too_many_requests', role, sub, address });
    stopReading(connection);
    setTimeout(cut, END_AFTER_MS, connection).unref();
  }
}
