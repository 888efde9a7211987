import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type Server, type Socket } from 'socket.io';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { cut, pendingBytes, takenBytes } from './pending-bytes.js';

type Connection = Socket['conn'];

/** How often each connection is looked at where little is sent, in milliseconds. */
const LOOK_EVERY = 1_000;

/** How long a client may take nothing while something waits for it, in milliseconds. */
const MAX_STANDSTILL = 10_000;

/**
 * Cuts off clients that do not take what they are sent: one that stands still would otherwise hold all of it in the
 * memory of this process. They come back and resume.
 */
@Injectable()
export class SlowConsumers implements OnApplicationShutdown {
  private readonly logger = new Logger(SlowConsumers.name);
  private readonly progress = new WeakMap<Connection, { taken: number | undefined; since: number }>();
  private server?: Server;
  private timer?: NodeJS.Timeout;
  private unseen = 0;
  private cuts = 0;

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  watch(server: Server): void {
    this.server = server;
    this.timer = setInterval(() => {
      this.look();
    }, LOOK_EVERY).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Clients that were cut off. */
  get count(): number {
    return this.cuts;
  }

  /** Says that so many bytes were sent to everybody: no client may fall behind by more than the limit between two looks. */
  note(bytes: number): void {
    this.unseen += bytes;
    if (this.unseen >= this.config.maxPendingBytes / 4) this.look();
  }

  private look(): void {
    this.unseen = 0;
    for (const { conn } of this.server?.sockets.sockets.values() ?? []) this.lookAt(conn);
  }

  private lookAt(connection: Connection): void {
    const pending = pendingBytes(connection);
    const standstill = this.standstill(connection, pending);
    if (pending <= this.config.maxPendingBytes && standstill < MAX_STANDSTILL) return;
    this.cuts++;
    this.logger.warn(`Cut off a slow client: ${pending} bytes wait for it, it has taken none for ${standstill} ms`);
    cut(connection);
  }

  /** Since when it has taken nothing of what waits for it, in milliseconds. */
  private standstill(connection: Connection, pending: number): number {
    const taken = takenBytes(connection);
    const last = this.progress.get(connection);
    if (pending === 0 || taken === undefined || last?.taken !== taken) {
      this.progress.set(connection, { taken, since: Date.now() });
      return 0;
    }
    return Date.now() - last.since;
  }
}
