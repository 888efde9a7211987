import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { keyOf, TokenBuckets } from '@galley/access';
import { tooManyRequests } from '@galley/contracts';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';
import { type GuardedRequest } from './caller.js';

/**
 * Refuses clients that send too many requests. Each principal has a token bucket. In open mode all principals are the
 * same, so each address has one. The guard runs after `AuthGuard`, which finds the principal. It is not
 * `@nestjs/throttler` 6, because that requires Nest 12 as CommonJS, which Jest cannot do before Node 24.
 */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly buckets: TokenBuckets;

  constructor(@Inject(ORDERS_API_CONFIG) { rateLimit }: OrdersApiConfig) {
    this.buckets = new TokenBuckets(rateLimit);
  }

  /** @throws GalleyError `too_many_requests` */
  canActivate(context: ExecutionContext): boolean {
    const { caller, ip } = context.switchToHttp().getRequest<GuardedRequest>();
    // Public routes are for the platform, which may call them as often as it likes.
    if (!caller) return true;
    const { principal } = caller;
    const waitMs = this.buckets.takeToken(principal.role === 'anonymous' ? ip : keyOf(principal));
    if (waitMs === 0) return true;
    throw tooManyRequests(waitMs);
  }
}
