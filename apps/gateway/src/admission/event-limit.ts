import { Inject, Injectable } from '@nestjs/common';
import { TokenBuckets } from '#admission';
import { GalleyError, type Ack } from '#contracts';
import { AuditLog } from '#observability';
import { cut } from '../connections/internals.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { type Client } from '../sessions/client.js';

/** Events refused in a row, after which a client is no client any more. */
const PATIENCE = 1_000;

/** Refuses the events of a client that sends too many, known to us or not. */
@Injectable()
export class EventLimit {
  private readonly buckets: TokenBuckets;

  constructor(
    @Inject(GATEWAY_CONFIG) { limits }: GatewayConfig,
    private readonly audit: AuditLog,
  ) {
    this.buckets = new TokenBuckets(limits.events);
  }

  watch(client: Client): void {
    client.use((event, next) => {
      if (this.buckets.take(client.id) === 0) {
        client.data.refusals = undefined;
        next();
      } else this.refuse(client, event);
    });
  }

  private refuse(client: Client, event: unknown[]): void {
    client.data.refusals = (client.data.refusals ?? 0) + 1;
    if (client.data.refusals > PATIENCE) {
      const { role, sub } = client.data.principal;
      this.audit.record({
        action: 'send',
        refused: 'too_many_requests',
        role,
        sub,
        address: client.conn.remoteAddress,
      });
      cut(client.conn);
      return;
    }
    const ack = event.at(-1);
    if (typeof ack !== 'function') return;
    const { code, message } = new GalleyError('too_many_requests');
    (ack as (answer: Ack<never>) => void)({ ok: false, error: { code, message } });
  }
}
