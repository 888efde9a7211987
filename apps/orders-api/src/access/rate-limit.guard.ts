import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { TokenBuckets } from '@galley/access';
import { GalleyError } from '@galley/contracts';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';
import { type GuardedRequest } from './caller.js';

/**
 * Refuses those who ask too often: a token bucket a principal, and in open mode, where all are the same, an address.
 * After the guard that tells who they are. By hand, since `@nestjs/throttler` 6 requires Nest 12 as CommonJS, which Jest
 * cannot do before Node 24.
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
    // Public routes are for the platform, which asks as often as it likes.
    if (!caller) return true;
    const { role, sub } = caller.principal;
    const wait = this.buckets.take(role === 'anonymous' ? ip : `${role} ${sub}`);
    if (wait === 0) return true;
    throw new GalleyError('too_many_requests', undefined, { retryAfterSeconds: Math.ceil(wait / 1_000) });
  }
}
