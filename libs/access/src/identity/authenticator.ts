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

/** The `typ` of a tracking link's token. It keeps tracking links and user tokens from being used as each other. */
export const LINK_TYPE = 'galley-link+jwt';
export const LINK_ISSUER = 'galley-link';

/** How long a verified token is remembered. The issuer may withdraw a key, so this is short. */
const REMEMBER_FOR_MS = 60_000;

/** How far the clocks of issuer and verifier may differ. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** The lists are separate, so that a public key is never used as an HMAC secret. Unsigned tokens are never accepted. */
const SECRET_ALGORITHMS = ['HS256'];
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];

const sub = z.string().min(1).max(128);
const lifetime = { iat: z.int(), exp: z.int() };
/** A sign-out is remembered for this long. A token that lives longer would become valid again. */
const isShortLived = ({ iat, exp }: { iat: number; exp: number }) => exp - iat <= MAX_TOKEN_LIFETIME_SECONDS;

const claims = z
  .discriminatedUnion('role', [
    z.object({ role: z.literal('staff'), sub, ...lifetime }),
    z.object({ role: z.literal('customer'), sub: customerId, ...lifetime }),
  ])
  .refine(isShortLived, 'lives too long');
const linkClaims = z.object({ sub, orderId, ...lifetime }).refine(isShortLived, 'lives too long');

/** Finds the principal of a token. */
export abstract class Authenticator {
  /**
   * @param token a JWT as the client sent it, so it may be any value
   * @throws GalleyError `unauthenticated` without a token, `token_expired` or `token_invalid` with a bad one,
   *   `unavailable` while the issuer's keys cannot be fetched
   */
  abstract authenticate(token: unknown): Promise<Principal>;

  /**
   * @param remember how many verified tokens to remember for a minute, so that their signatures are not checked again
   */
  static create(options: AuthOptions, remember = 0): Authenticator {
    return options.mode === 'open' ? new OpenAuthenticator() : new TokenAuthenticator(options, remember);
  }
}

/** Ignores tokens: everybody is anonymous. */
class OpenAuthenticator extends Authenticator {
  override authenticate(): Promise<Principal> {
    return Promise.resolve(ANONYMOUS);
  }
}

class TokenAuthenticator extends Authenticator {
  private readonly verify: (token: string) => Promise<JWTVerifyResult>;
  private readonly linkKey: Promise<webcrypto.CryptoKey>;
  /** Verified tokens, oldest first. `forgetAtMs` is a time of `performance.now()`. */
  private readonly known = new Map<string, { principal: Principal; forgetAtMs: number }>();

  constructor(
    private readonly options: RequiredAuth,
    private readonly remember: number,
  ) {
    super();
    const { keys, issuer, audience } = options;
    const pinned = { issuer, audience, requiredClaims: ['sub', 'iat', 'exp'], clockTolerance: CLOCK_TOLERANCE_SECONDS };
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
    if (known && performance.now() < known.forgetAtMs && !hasEnded(known.principal)) return known.principal;
    const principal = await this.read(token).catch((cause: unknown) => {
      throw toRefusal(cause);
    });
    // jose tolerates a clock difference at the end too, but connections are closed at exactly that second.
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
    this.known.set(token, { principal, forgetAtMs: performance.now() + REMEMBER_FOR_MS });
  }

  private async readLink(token: string): Promise<Principal> {
    const { payload } = await jwtVerify(token, await this.linkKey, {
      algorithms: SECRET_ALGORITHMS,
      issuer: LINK_ISSUER,
      audience: this.options.audience,
      typ: LINK_TYPE,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    const { sub, orderId, iat, exp } = linkClaims.parse(payload);
    return { role: 'tracker', sub, orderId, issuedAt: iat, expiresAt: exp };
  }
}

/** Imports the secret once: jose would import it again for each token. */
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

/** The refusal does not say what is wrong with the token: that would only help an attacker. */
function toRefusal(cause: unknown): GalleyError {
  if (cause instanceof errors.JWTExpired) return new GalleyError('token_expired', undefined, { cause });
  const isOurs = cause instanceof errors.JOSEError || cause instanceof z.ZodError || cause instanceof TypeError;
  const isOfKeys = cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid || isFetchFailure(cause);
  if (isOfKeys || !isOurs) {
    return new GalleyError('unavailable', 'The keys that verify tokens cannot be fetched', {
      cause,
      retryAfterSeconds: 5,
    });
  }
  return new GalleyError('token_invalid', undefined, { cause });
}

/** jose throws a plain JOSEError for an answer other than 200, and passes on what `fetch` throws. */
const isFetchFailure = (cause: unknown) =>
  (cause instanceof errors.JOSEError && cause.code === 'ERR_JOSE_GENERIC') ||
  (cause instanceof TypeError && cause.message === 'fetch failed');
