import { Inject, Injectable } from '@nestjs/common';
import { Authenticator, Counter, keyOf, SignOuts, TokenBuckets, type Principal } from '@galley/access';
import { GalleyError, tooManyRequests } from '@galley/contracts';
import { addressKey } from '@galley/http';
import { type SubscriberStage } from '../connections/subscriber-stages.js';
import { type Subscriber } from '../connections/subscriber.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

/** Authenticates a connection by its token before there is a socket: a guard of Nest cannot stop a connection. */
@Injectable()
export class Authentication implements SubscriberStage {
  private readonly attempts: TokenBuckets;
  /** Open connections by principal. */
  private readonly open = new Counter();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly signOuts: SignOuts,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    this.attempts = new TokenBuckets(config.limits.handshakesOfAddress);
  }

  /** @throws GalleyError */
  async connecting(subscriber: Subscriber): Promise<void> {
    // A client may try any number of tokens after one handshake, and each attempt costs the check of a signature.
    const waitMs = this.attempts.takeToken(addressKey(subscriber.remoteAddress));
    if (waitMs > 0) throw tooManyRequests(waitMs);
    const { progress } = subscriber;
    const principal = await this.authenticate(progress.state === 'connecting' ? progress.request.token : undefined);
    if (principal.role !== 'anonymous' && this.open.count(keyOf(principal)) >= this.config.limits.perPrincipal) {
      throw new GalleyError('too_many_connections');
    }
    subscriber.principal = principal;
    subscriber.authenticatedAtMs = performance.now();
  }

  connected(subscriber: Subscriber): void {
    const { principal } = subscriber;
    this.open.increment(keyOf(principal));
    // The user may have been signed out since the authentication.
    if (this.signOuts.has(principal)) subscriber.dismiss('signed_out');
  }

  disconnected({ principal }: Subscriber): void {
    this.open.decrement(keyOf(principal));
  }

  /** @throws GalleyError if the token is invalid, or belongs to another user */
  async renew(current: Principal, token: string): Promise<Principal> {
    const principal = await this.authenticate(token);
    const { role, sub, orderId } = principal;
    if (role !== current.role || sub !== current.sub || orderId !== current.orderId) {
      throw new GalleyError('forbidden', 'The token belongs to another user');
    }
    return principal;
  }

  private async authenticate(token: unknown): Promise<Principal> {
    const principal = await this.authenticator.authenticate(token);
    await this.signOuts.check(principal);
    return principal;
  }
}
