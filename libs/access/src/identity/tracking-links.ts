import { createSecretKey, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { type AuthOptions } from './auth-options.js';
import { LINK_ISSUER, LINK_TYPE } from './authenticator.js';

export interface TrackingToken {
  token: string;
  /** The id of the link. Signing it out ends the link. */
  sub: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

/** Signs the tokens of tracking links. Each one shows one order for a limited time. */
export class TrackingLinks {
  private readonly key: KeyObject;
  private readonly audience: string;

  constructor(options: AuthOptions) {
    // In open mode no token is checked.
    this.key = options.mode === 'open' ? createSecretKey(randomBytes(32)) : createSecretKey(options.linkSecret, 'utf8');
    this.audience = options.mode === 'open' ? 'open' : options.audience;
  }

  async sign(orderId: string, lifetimeSeconds: number): Promise<TrackingToken> {
    const sub = `link:${randomUUID()}`;
    const issuedAt = Math.floor(Date.now() / 1_000);
    const expiresAt = issuedAt + lifetimeSeconds;
    const token = await new SignJWT({ orderId })
      .setProtectedHeader({ alg: 'HS256', typ: LINK_TYPE })
      .setSubject(sub)
      .setIssuer(LINK_ISSUER)
      .setAudience(this.audience)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.key);
    return { token, sub, expiresAt };
  }
}
