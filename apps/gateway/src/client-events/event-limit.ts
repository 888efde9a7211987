import { Inject, Injectable } from '@nestjs/common';
import { TokenBuckets } from '@galley/access';
import { tooManyRequests } from '@galley/contracts';
import { type GatewaySocket } from '../connections/gateway-socket.js';
import { Excess } from '../connections/input/excess.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

/** A connection is closed after this many refused events in a row. */
const MAX_REFUSALS = 1_000;

/** Refuses the events of a client that sends too many, including events with unknown names. */
@Injectable()
export class EventLimit {
  private readonly buckets: TokenBuckets;

  constructor(
    @Inject(GATEWAY_CONFIG) { limits }: GatewayConfig,
    private readonly excess: Excess,
  ) {
    this.buckets = new TokenBuckets(limits.events);
  }

  /** @throws GalleyError `too_many_requests` */
  check(socket: GatewaySocket): void {
    const { data } = socket;
    const waitMs = this.buckets.takeToken(socket.id);
    if (waitMs === 0) {
      data.refusals = undefined;
      return;
    }
    data.refusals = (data.refusals ?? 0) + 1;
    if (data.refusals > MAX_REFUSALS) this.excess.end(socket.conn);
    throw tooManyRequests(waitMs);
  }
}
