import { Inject, Injectable } from '@nestjs/common';
import { Authenticator, Counter, keyOf, SignOuts, TokenBuckets, type Principal } from '@galley/access';
import { GalleyError, tooManyRequests } from '@galley/contracts';
import { addressKey } from '@galley/http';
import { type GatewaySocket } from '../connections/gateway-socket.js';
import { type ConnectionStage } from '../connections/lifecycle.js';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';

/** Authenticates a connection by its token before there is a socket: a guard of Nest cannot stop a connection. */
@Injectable()
export class Authentication implements ConnectionStage {
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
  async connecting(socket: GatewaySocket): Promise<void> {
    // A client may try any number of tokens after one handshake, and each attempt costs the check of a signature.
    const waitMs = this.attempts.takeToken(addressKey(socket.conn.remoteAddress));
    if (waitMs > 0) throw tooManyRequests(waitMs);
    const { token } = socket.handshake.auth as { token?: unknown };
    const principal = await this.authenticate(token);
    if (principal.role !== 'anonymous' && this.open.count(keyOf(principal)) >= this.config.limits.perPrincipal) {
      throw new GalleyError('too_many_connections');
    }
    socket.data.principal = principal;
    socket.data.authenticatedAtMs = performance.now();
  }

  connected({ data }: GatewaySocket): void {
    const { principal } = data;
    this.open.increment(keyOf(principal));
    // The user may have been signed out since the authentication.
    if (this.signOuts.has(principal)) data.dismiss();
  }

  disconnected({ data }: GatewaySocket): void {
    this.open.decrement(keyOf(data.principal));
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
