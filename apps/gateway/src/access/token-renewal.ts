import { Injectable } from '@nestjs/common';
import { GalleyError, parseOrRefuse, refreshToken, type TokenRefreshed } from '@galley/contracts';
import { type Subscriber } from '../connections/subscriber.js';
import { Authentication } from './authentication.js';
import { TokenExpiry } from './token-expiry.js';

/** Gives a live connection a new token before the old one expires. */
@Injectable()
export class TokenRenewal {
  constructor(
    private readonly authentication: Authentication,
    private readonly expiry: TokenExpiry,
  ) {}

  /** @throws GalleyError if the token is invalid, or belongs to another user; the connection keeps the old token */
  async refresh(subscriber: Subscriber, body: unknown): Promise<TokenRefreshed> {
    const { token } = parseOrRefuse(refreshToken, body, 'payload');
    const principal = await this.authentication.renew(subscriber.principal, token);
    const { expiresAt } = principal;
    if (expiresAt === undefined) throw new GalleyError('forbidden', 'This gateway is in open mode and needs no tokens');
    subscriber.principal = principal;
    if (subscriber.isConnected) this.expiry.schedule(subscriber);
    return { expiresAt: new Date(expiresAt * 1_000).toISOString() };
  }
}
