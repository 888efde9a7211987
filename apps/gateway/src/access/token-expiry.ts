import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type SubscriberStage } from '../connections/subscriber-stages.js';
import { type Subscriber } from '../connections/subscriber.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

/** How long a connection may outlive its token. */
const CHECK_EVERY_MS = 250;

/**
 * Warns clients some time before their token expires, and closes their connections when it does: by the clock as it is
 * now, whatever it was before.
 */
@Injectable()
export class TokenExpiry implements SubscriberStage, OnApplicationShutdown {
  /** The clients to warn or to close, by the second since 1970. A timer for each client would cost more. */
  private readonly due = new Map<number, Set<Subscriber>>();
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

  connected(subscriber: Subscriber): void {
    this.schedule(subscriber);
  }

  disconnected(subscriber: Subscriber): void {
    this.unschedule(subscriber);
  }

  /** Schedules the warning for the current token, which may be a renewed one. */
  schedule(subscriber: Subscriber): void {
    this.unschedule(subscriber);
    const { expiresAt } = subscriber.principal;
    if (expiresAt === undefined) return;
    const now = toSeconds(Date.now());
    const warnAt = expiresAt - Math.ceil(this.config.expiryWarningMs / 1_000);
    // Warn no earlier than half-way, so that short-lived tokens are not renewed constantly.
    const halfWay = now + Math.ceil((expiresAt - now) / 2);
    this.scheduleAt(subscriber, Math.min(expiresAt, Math.max(warnAt, halfWay)));
  }

  private unschedule(subscriber: Subscriber): void {
    const { tokenDueAt } = subscriber;
    if (tokenDueAt === undefined) return;
    const others = this.due.get(tokenDueAt);
    others?.delete(subscriber);
    if (others?.size === 0) this.due.delete(tokenDueAt);
    subscriber.tokenDueAt = undefined;
  }

  private scheduleAt(subscriber: Subscriber, second: number): void {
    subscriber.tokenDueAt = second;
    const others = this.due.get(second);
    if (others) others.add(subscriber);
    else this.due.set(second, new Set([subscriber]));
  }

  /** Checks every second that has an entry, and not only those since the last check: the clock may be set back. */
  private actUpTo(now: number): void {
    for (const [second, subscribers] of this.due) {
      if (second > now) continue;
      this.due.delete(second);
      for (const subscriber of subscribers) this.act(subscriber, now);
    }
  }

  private act(subscriber: Subscriber, now: number): void {
    subscriber.tokenDueAt = undefined;
    const { expiresAt = 0 } = subscriber.principal;
    if (expiresAt <= now) {
      subscriber.close('token_expired'); // the client reconnects by itself, with a new token if it has one
      return;
    }
    subscriber.emit('tokenExpiring', { expiresAt: new Date(expiresAt * 1_000).toISOString() });
    this.scheduleAt(subscriber, expiresAt);
  }
}

const toSeconds = (milliseconds: number) => Math.floor(milliseconds / 1_000);
