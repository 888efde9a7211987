import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { DEFAULT_ISSUER } from './auth-options.js';

export interface TokenRequest {
  secret: string;
  role: 'staff' | 'customer';
  sub: string;
  /** Seconds until the token expires. */
  expiresIn: number;
  issuer?: string;
  audience?: string;
}

/** Makes a user's token, signed with the shared secret, as an identity service would. */
export function mintToken({ secret, role, sub, expiresIn, issuer, audience }: TokenRequest): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setIssuer(issuer ?? DEFAULT_ISSUER)
    .setAudience(audience ?? DEFAULT_ISSUER)
    .setIssuedAt(now)
    .setExpirationTime(now + expiresIn)
    .sign(createSecretKey(secret, 'utf8'));
}
