import { Injectable } from '@nestjs/common';
import { GalleyError, parseOrRefuse, refreshToken, type TokenRefreshed } from '@galley/contracts';
import { type GatewaySocket } from '../connections/gateway-socket.js';
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
  async refresh(socket: GatewaySocket, body: unknown): Promise<TokenRefreshed> {
    const { token } = parseOrRefuse(refreshToken, body, 'payload');
    const { data } = socket;
    const principal = await this.authentication.renew(data.principal, token);
    const { expiresAt } = principal;
    if (expiresAt === undefined) throw new GalleyError('forbidden', 'This gateway is in open mode and needs no tokens');
    data.principal = principal;
    if (socket.connected) this.expiry.schedule(socket);
    return { expiresAt: new Date(expiresAt * 1_000).toISOString() };
  }
}
