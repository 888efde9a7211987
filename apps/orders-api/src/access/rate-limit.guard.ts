import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { keyOf, TokenBuckets } from '@galley/access';
import { CallerTurns, Peers, refuseSlowly } from '@galley/http';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';
import { type GuardedRequest } from './caller.js';
import { REQUEST_COST, type RequestCost } from './request-cost.js';

/**
 * Refuses clients that send too many requests, and shares the event loop between the others. Each principal has a token bucket. In open mode all principals are the
 * same, so each address has one. The guard runs after `AuthGuard`, which finds the principal. It is not
 * `@nestjs/throttler` 6, because that requires Nest 12 as CommonJS, which Jest cannot do before Node 24.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly buckets: TokenBuckets;
  private readonly turns = new CallerTurns();

  constructor(
    @Inject(ORDERS_API_CONFIG) { rateLimit }: OrdersApiConfig,
    private readonly peers: Peers,
    private readonly reflector: Reflector,
  ) {
    this.buckets = new TokenBuckets(rateLimit);
  }

  /** @throws GalleyError `too_many_requests` */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    const { caller, raw, body } = request;
    // `Strangers` has limited the callers of public routes.
    if (!caller) return true;
    const { principal } = caller;
    const key = principal.role === 'anonymous' ? this.peers.keyOf(raw) : keyOf(principal);
    const cost = this.reflector.get<RequestCost | undefined>(REQUEST_COST, context.getHandler());
    const waitMs = this.buckets.takeToken(key, cost?.(body));
    if (waitMs > 0) return refuseSlowly(waitMs);
    request.nextTurn = async () => this.turns.wait(key);
    return this.turns.wait(key)?.then(() => true) ?? true;
  }
}
