import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { type Client } from '../sessions/client.js';

/** Milliseconds between two looks at who is due: what a connection may outlive its token by. */
const LOOK_EVERY = 250;

/** Tells clients some time before their token ends, and closes their connections when it does. */
@Injectable()
export class TokenExpiry implements OnModuleInit, OnApplicationShutdown {
  /** The clients that are to be told or closed, by the second: no timer for each. */
  private readonly due = new Map<number, Set<Client>>();
  /** All seconds before this one are dealt with. */
  private next = toSeconds(Date.now());
  private timer?: NodeJS.Timeout;

  constructor(@Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig) {}

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.look(toSeconds(Date.now()));
    }, LOOK_EVERY).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Until `forget`; again, where a client has a new token. */
  watch(client: Client): void {
    this.forget(client);
    const { expiresAt } = client.data.principal;
    if (expiresAt === undefined) return;
    const now = toSeconds(Date.now());
    const warnAt = expiresAt - Math.ceil(this.config.expiryWarningMs / 1_000);
    // Of what is left at least half passes in peace, or a client with short-lived tokens would do nothing but renew them.
    this.schedule(client, Math.max(warnAt, now + Math.floor((expiresAt - now) / 2)));
  }

  forget(client: Client): void {
    const { dueAt } = client.data;
    if (dueAt === undefined) return;
    const others = this.due.get(dueAt);
    others?.delete(client);
    if (others?.size === 0) this.due.delete(dueAt);
    client.data.dueAt = undefined;
  }

  private schedule(client: Client, second: number): void {
    const dueAt = Math.max(second, this.next);
    client.data.dueAt = dueAt;
    const others = this.due.get(dueAt);
    if (others) others.add(client);
    else this.due.set(dueAt, new Set([client]));
  }

  private look(now: number): void {
    for (; this.next <= now; this.next++) {
      const clients = this.due.get(this.next);
      this.due.delete(this.next);
      for (const client of clients ?? []) this.act(client, now);
    }
  }

  private act(client: Client, now: number): void {
    client.data.dueAt = undefined;
    const { expiresAt = 0 } = client.data.principal;
    if (expiresAt <= now) {
      client.conn.close(); // it comes back by itself, with a new token if it has one
      return;
    }
    client.emit('tokenExpiring', { expiresAt: new Date(expiresAt * 1_000).toISOString() });
    const dueAt = Math.max(expiresAt, this.next + 1);
    this.schedule(client, dueAt);
  }
}

const toSeconds = (milliseconds: number) => Math.floor(milliseconds / 1_000);
