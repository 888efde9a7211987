import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { SignJWT, type JWTPayload } from 'jose';
import { algorithmsOf } from './algorithms.js';

/** What signs tokens: a secret that those who verify them share, or a private key. */
export type SigningKey = { secret: string } | { privateKey: KeyObject };

interface TokenContent {
  /** Claims besides those below. */
  claims: JWTPayload;
  /** `typ` of the header. */
  type?: string;
  sub: string;
  issuer: string;
  audience: string;
  /** How many seconds the token lives. */
  expiresIn: number;
}

/** @returns the token, and when it expires in seconds since 1970 */
export async function signToken(
  by: SigningKey,
  { claims, type, sub, issuer, audience, expiresIn }: TokenContent,
): Promise<{ token: string; expiresAt: number }> {
  const key = 'secret' in by ? createSecretKey(by.secret, 'utf8') : by.privateKey;
  const [alg = ''] = algorithmsOf('secret' in by ? key : createPublicKey(key));
  const issuedAt = Math.floor(Date.now() / 1_000);
  const expiresAt = issuedAt + expiresIn;
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg, ...(type !== undefined && { typ: type }) })
    .setSubject(sub)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(key);
  return { token, expiresAt };
}
