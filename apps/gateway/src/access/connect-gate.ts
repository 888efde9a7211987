import { Inject, Injectable } from '@nestjs/common';
import { Authenticator, type Principal, SignOuts, TokenBuckets } from '@galley/access';
import { GalleyError } from '@galley/contracts';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { type Client } from '../sessions/client.js';

/** Who may connect, by their token; before `connection`, since no guard of Nest stops one. */
@Injectable()
export class ConnectGate {
  private readonly attempts: TokenBuckets;
  /** Connections by principal. */
  private readonly open = new Map<string, number>();

  constructor(
    private readonly authenticator: Authenticator,
    private readonly signOuts: SignOuts,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {
    this.attempts = new TokenBuckets(config.limits.handshakesOfAddress);
  }

  /** @throws GalleyError */
  async admit(client: Client): Promise<Principal> {
    // One handshake may be followed by any number of attempts, each of which costs a signature.
    const wait = this.attempts.take(client.conn.remoteAddress);
    if (wait > 0) throw new GalleyError('too_many_requests', undefined, { retryAfterSeconds: Math.ceil(wait / 1_000) });
    const { token } = client.handshake.auth as { token?: unknown };
    const principal = await this.authenticator.authenticate(token);
    this.signOuts.check(principal);
    if ((this.open.get(keyOf(principal)) ?? 0) >= this.config.limits.perPrincipal && principal.role !== 'anonymous') {
      throw new GalleyError('too_many_connections');
    }
    return principal;
  }

  /** @throws GalleyError where the token is not one of the same user, or does not hold */
  async renew(current: Principal, token: string): Promise<Principal> {
    const principal = await this.authenticator.authenticate(token);
    this.signOuts.check(principal);
    const { role, sub, orderId } = principal;
    if (role !== current.role || sub !== current.sub || orderId !== current.orderId) {
      throw new GalleyError('forbidden', "The token is another user's");
    }
    return principal;
  }

  entered(principal: Principal): void {
    const key = keyOf(principal);
    this.open.set(key, (this.open.get(key) ?? 0) + 1);
  }

  left(principal: Principal): void {
    const key = keyOf(principal);
    const left = (this.open.get(key) ?? 1) - 1;
    if (left > 0) this.open.set(key, left);
    else this.open.delete(key);
  }
}

const keyOf = ({ role, sub }: Principal) => `${role} ${sub}`;
