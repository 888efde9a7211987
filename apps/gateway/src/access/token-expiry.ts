import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type GatewaySocket } from '../connections/gateway-socket.js';
import { type ConnectionStage } from '../connections/lifecycle.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

/** How long a connection may outlive its token. */
const CHECK_EVERY_MS = 250;

/**
 * Warns clients some time before their token expires, and closes their connections when it does: by the clock as it is
 * now, whatever it was before.
 */
@Injectable()
export class TokenExpiry implements ConnectionStage, OnApplicationShutdown {
  /** The clients to warn or to close, by the second since 1970. A timer for each client would cost more. */
  private readonly due = new Map<number, Set<GatewaySocket>>();
  private timer?: NodeJS.Timeout;

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  attach(): void {
    this.timer = setInterval(() => {
      this.actUpTo(toSeconds(Date.now()));
    }, CHECK_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  connected(socket: GatewaySocket): void {
    this.schedule(socket);
  }

  disconnected(socket: GatewaySocket): void {
    this.unschedule(socket);
  }

  /** Schedules the warning for the current token, which may be a renewed one. */
  schedule(socket: GatewaySocket): void {
    this.unschedule(socket);
    const { expiresAt } = socket.data.principal;
    if (expiresAt === undefined) return;
    const now = toSeconds(Date.now());
    const warnAt = expiresAt - Math.ceil(this.config.expiryWarningMs / 1_000);
    // Warn no earlier than half-way, so that short-lived tokens are not renewed constantly.
    const halfWay = now + Math.ceil((expiresAt - now) / 2);
    this.scheduleAt(socket, Math.min(expiresAt, Math.max(warnAt, halfWay)));
  }

  private unschedule(socket: GatewaySocket): void {
    const { tokenDueAt } = socket.data;
    if (tokenDueAt === undefined) return;
    const others = this.due.get(tokenDueAt);
    others?.delete(socket);
    if (others?.size === 0) this.due.delete(tokenDueAt);
    socket.data.tokenDueAt = undefined;
  }

  private scheduleAt(socket: GatewaySocket, second: number): void {
    socket.data.tokenDueAt = second;
    const others = this.due.get(second);
    if (others) others.add(socket);
    else this.due.set(second, new Set([socket]));
  }

  /** Checks every second that has an entry, and not only those since the last check: the clock may be set back. */
  private actUpTo(now: number): void {
    for (const [second, sockets] of this.due) {
      if (second > now) continue;
      this.due.delete(second);
      for (const socket of sockets) this.act(socket, now);
    }
  }

  private act(socket: GatewaySocket, now: number): void {
    socket.data.tokenDueAt = undefined;
    const { expiresAt = 0 } = socket.data.principal;
    if (expiresAt <= now) {
      socket.conn.close(); // the client reconnects by itself, with a new token if it has one
      return;
    }
    socket.emit('tokenExpiring', { expiresAt: new Date(expiresAt * 1_000).toISOString() });
    this.scheduleAt(socket, expiresAt);
  }
}

const toSeconds = (milliseconds: number) => Math.floor(milliseconds / 1_000);
