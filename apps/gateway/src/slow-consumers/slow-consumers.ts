import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type Server } from 'socket.io';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { cut, pendingBytes, takenBytes, type Connection } from '../connections/internals.js';

/** How often each connection is looked at where little is sent, in milliseconds. */
const LOOK_EVERY = 1_000;

/** How long a client may be over the limit and take nothing, in milliseconds. */
const GRACE = 100;

/** A burst is not the fault of a client that takes it, up to this many times the limit. */
const BURST = 8;

/** How long a client may take nothing while something waits for it, in milliseconds. */
const MAX_STANDSTILL = 10_000;

interface Behind {
  /** Bytes that the client has taken when `since` began; undefined for a polling client. */
  taken: number | undefined;
  since: number;
  overLimitSince?: number;
}

/**
 * Cuts off clients that do not take what they are sent: one that stands still would otherwise hold all of it in the
 * memory of this process. They come back and resume.
 */
@Injectable()
export class SlowConsumers implements OnApplicationShutdown {
  private readonly logger = new Logger(SlowConsumers.name);
  private readonly behind = new WeakMap<Connection, Behind>();
  private server?: Server;
  private timer?: NodeJS.Timeout;
  private nextLook = Infinity;
  private unseen = 0;
  private cuts = 0;

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  watch(server: Server): void {
    this.server = server;
    this.lookIn(LOOK_EVERY);
  }

  onApplicationShutdown(): void {
    this.server = undefined;
    clearTimeout(this.timer);
  }

  /** Clients that were cut off. */
  get count(): number {
    return this.cuts;
  }

  /** Says that so many bytes were sent to everybody: with many, the next look is soon. */
  note(bytes: number): void {
    this.unseen += bytes;
    if (this.unseen < this.config.maxPendingBytes / 4) return;
    this.unseen = 0;
    this.lookIn(GRACE / 2);
  }

  /** Puts the next look forward, never off. */
  private lookIn(milliseconds: number): void {
    const at = Date.now() + milliseconds;
    if (at >= this.nextLook) return;
    clearTimeout(this.timer);
    this.nextLook = at;
    this.timer = setTimeout(() => {
      this.nextLook = Infinity;
      this.look();
    }, milliseconds).unref();
  }

  private look(): void {
    if (!this.server) return;
    let someOverLimit = false;
    for (const { conn } of this.server.sockets.sockets.values()) {
      const pending = pendingBytes(conn);
      if (pending === 0) this.behind.delete(conn);
      else someOverLimit = this.lookAt(conn, pending) || someOverLimit;
    }
    this.lookIn(someOverLimit ? GRACE / 2 : LOOK_EVERY);
  }

  /** @returns whether it is over the limit. */
  private lookAt(connection: Connection, pending: number): boolean {
    const now = Date.now();
    const taken = takenBytes(connection);
    const known = this.behind.get(connection);
    const since = known && taken !== undefined && known.taken === taken ? known.since : now;
    const { maxPendingBytes } = this.config;
    const isOver = pending > maxPendingBytes;
    const isTaking = since === now && pending <= BURST * maxPendingBytes;
    const overSince = isTaking ? now : (known?.overLimitSince ?? now);
    const overLimitSince = isOver ? overSince : undefined;
    this.behind.set(connection, { taken, since, overLimitSince });
    if (now - (overLimitSince ?? now) < GRACE && now - since < MAX_STANDSTILL) return isOver;
    this.cuts++;
    this.logger.warn(`Cut off a slow client: ${pending} bytes wait for it, it has taken none for ${now - since} ms`);
    cut(connection);
    return false;
  }
}
