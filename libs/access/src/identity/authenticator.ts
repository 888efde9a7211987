import { type webcrypto } from 'node:crypto';
import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  jwtVerify,
  type JWTPayload,
  type JWTVerifyResult,
} from 'jose';
import { z } from 'zod';
import { customerId, GalleyError, MAX_TOKEN_LENGTH, MAX_TOKEN_LIFETIME_SECONDS, orderId } from '@galley/contracts';
import { type AuthOptions, type RequiredAuth } from './auth-options.js';
import { ANONYMOUS, type Principal } from './principal.js';

/** The `typ` of a tracking link's token, by which no other token can pass for one, nor it for another. */
export const LINK_TYPE = 'galley-link+jwt';
export const LINK_ISSUER = 'galley-link';

/** No longer, since the issuer may give up a key. In milliseconds. */
const REMEMBER_FOR = 60_000;

/** Seconds that the clocks of issuer and verifier may differ by. */
const CLOCK_TOLERANCE = 5;

/** What keys may be used for: a public key never as the secret of an HMAC, and nothing unsigned. */
const SECRET_ALGORITHMS = ['HS256'];
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];

const sub = z.string().min(1).max(128);
const lifetime = { iat: z.int(), exp: z.int() };
/** A sign-out is remembered for so long: a token that lives longer would come to life again. */
const isShortLived = ({ iat, exp }: { iat: number; exp: number }) => exp - iat <= MAX_TOKEN_LIFETIME_SECONDS;

const claims = z
  .discriminatedUnion('role', [
    z.object({ role: z.literal('staff'), sub, ...lifetime }),
    z.object({ role: z.literal('customer'), sub: customerId, ...lifetime }),
  ])
  .refine(isShortLived, 'lives too long');
const linkClaims = z.object({ sub, orderId, ...lifetime }).refine(isShortLived, 'lives too long');

/** Tells who a token is for. */
export abstract class Authenticator {
  /**
   * @param token a JWT as it came, which may be anything
   * @throws GalleyError `unauthenticated` without a token, `token_expired` or `token_invalid` with one that does not hold,
   *   `unavailable` while the issuer's keys cannot be had
   */
  abstract authenticate(token: unknown): Promise<Principal>;

  /** @param remember how many tokens it knows again for a minute, so that a request with one costs no signature */
  static create(options: AuthOptions, remember = 0): Authenticator {
    return options.mode === 'open' ? new OpenAuthenticator() : new TokenAuthenticator(options, remember);
  }
}

/** Looks at no token: everybody is anonymous. */
class OpenAuthenticator extends Authenticator {
  override authenticate(): Promise<Principal> {
    return Promise.resolve(ANONYMOUS);
  }
}

class TokenAuthenticator extends Authenticator {
  private readonly verify: (token: string) => Promise<JWTVerifyResult>;
  private readonly linkKey: Promise<webcrypto.CryptoKey>;
  /** Those that held, oldest first. */
  private readonly known = new Map<string, { principal: Principal; until: number }>();

  constructor(
    private readonly options: RequiredAuth,
    private readonly remember: number,
  ) {
    super();
    const { keys, issuer, audience } = options;
    const pinned = { issuer, audience, requiredClaims: ['sub', 'iat', 'exp'], clockTolerance: CLOCK_TOLERANCE };
    this.linkKey = importSecret(options.linkSecret);
    if ('secret' in keys) {
      const key = importSecret(keys.secret);
      this.verify = async (token) => jwtVerify(token, await key, { ...pinned, algorithms: SECRET_ALGORITHMS });
    } else {
      const jwks = createRemoteJWKSet(new URL(keys.jwksUrl));
      this.verify = (token) => jwtVerify(token, jwks, { ...pinned, algorithms: PUBLIC_KEY_ALGORITHMS });
    }
  }

  override async authenticate(token: unknown): Promise<Principal> {
    if (token === undefined || token === null || token === '') throw new GalleyError('unauthenticated');
    if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) throw new GalleyError('token_invalid');
    const known = this.known.get(token);
    if (known && Date.now() < known.until) return known.principal;
    const principal = await this.read(token).catch((cause: unknown) => {
      throw toRefusal(cause);
    });
    // Clocks may differ about when it begins to hold, not about its end: a connection is closed at that second.
    if (hasEnded(principal)) throw new GalleyError('token_expired');
    this.keep(token, principal);
    return principal;
  }

  private async read(token: string): Promise<Principal> {
    return typeOf(token) === LINK_TYPE ? this.readLink(token) : readUser(await this.verify(token));
  }

  private keep(token: string, principal: Principal): void {
    if (this.remember === 0) return;
    this.known.delete(token);
    for (const oldest of this.known.keys()) {
      if (this.known.size < this.remember) break;
      this.known.delete(oldest);
    }
    const end = (principal.expiresAt ?? 0) * 1_000;
    this.known.set(token, { principal, until: Math.min(end, Date.now() + REMEMBER_FOR) });
  }

  private async readLink(token: string): Promise<Principal> {
    const { payload } = await jwtVerify(token, await this.linkKey, {
      algorithms: SECRET_ALGORITHMS,
      issuer: LINK_ISSUER,
      audience: this.options.audience,
      typ: LINK_TYPE,
      clockTolerance: CLOCK_TOLERANCE,
    });
    const { sub, orderId, iat, exp } = linkClaims.parse(payload);
    return { role: 'tracker', sub, orderId, issuedAt: iat, expiresAt: exp };
  }
}

/** Once, since jose would do it for each token. */
const importSecret = (secret: string): Promise<webcrypto.CryptoKey> =>
  crypto.subtle.importKey('raw', new TextEncoder().encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'verify',
  ]);

function readUser({ payload }: { payload: JWTPayload }): Principal {
  const { role, sub, iat, exp } = claims.parse(payload);
  return { role, sub, issuedAt: iat, expiresAt: exp };
}

const hasEnded = ({ expiresAt = Infinity }: Principal) => expiresAt * 1_000 <= Date.now();

function typeOf(token: string): string | undefined {
  return decodeProtectedHeader(token).typ;
}

/** Neither says what of it does not hold: that would only help who tries. */
function toRefusal(cause: unknown): GalleyError {
  if (cause instanceof errors.JWTExpired) return new GalleyError('token_expired', undefined, { cause });
  const isOurs = cause instanceof errors.JOSEError || cause instanceof z.ZodError || cause instanceof TypeError;
  const isOfKeys = cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid || isFetchFailure(cause);
  if (isOfKeys || !isOurs) {
    return new GalleyError('unavailable', 'The keys to verify tokens with cannot be had', {
      cause,
      retryAfterSeconds: 5,
    });
  }
  return new GalleyError('token_invalid', undefined, { cause });
}

/** jose throws a plain JOSEError for an answer other than 200, and lets what `fetch` throws pass. */
const isFetchFailure = (cause: unknown) =>
  (cause instanceof errors.JOSEError && cause.code === 'ERR_JOSE_GENERIC') ||
  (cause instanceof TypeError && cause.message === 'fetch failed');
