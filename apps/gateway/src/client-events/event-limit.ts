import { Inject, Injectable } from '@nestjs/common';
import { TokenBuckets } from '@galley/access';
import { GalleyError } from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
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

  /** @throws GalleyError `too_many_requests` */
  check(client: Client): void {
    const { data } = client;
    if (this.buckets.take(client.id) === 0) {
      data.refusals = undefined;
      return;
    }
    data.refusals = (data.refusals ?? 0) + 1;
    if (data.refusals > PATIENCE) this.end(client);
    throw new GalleyError('too_many_requests');
  }

  private end({ data, conn }: Client): void {
    const { role, sub } = data.principal;
    this.audit.record({ action: 'send', refused: 'too_many_requests', role, sub, address: conn.remoteAddress });
    cut(conn);
  }
}
