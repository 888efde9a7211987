import { Logger } from '@nestjs/common';
import { type z } from 'zod';
import { GalleyError, MAX_TOKEN_LENGTH } from '@galley/contracts';
import { type AuthOptions, type RequiredAuth } from './auth-options.js';
import { IssuerKeys } from './issuer-keys.js';
import { parseToken, TokenFault, type JsonWebToken } from './json-web-token.js';
import { ANONYMOUS, type Principal } from './principal.js';
import { linkClaims, parseClaims, userClaims } from './token-claims.js';
import { LINK_ISSUER, LINK_TYPE } from './tracking-links.js';
import { verifySignature, type VerifyingKey } from './verifying-keys.js';

/** How long a verified token is remembered. The issuer may withdraw a key, so this is short. */
const REMEMBER_FOR_MS = 60_000;

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

type KeyLookup = (token: JsonWebToken) => readonly VerifyingKey[] | Promise<readonly VerifyingKey[]>;

/** What tokens of one kind are checked against. */
interface Demands {
  keysFor: KeyLookup;
  claims: z.ZodType<Principal>;
}

/** Does not leave the event loop while it knows the keys. */
class TokenAuthenticator extends Authenticator {
  private readonly logger = new Logger(Authenticator.name);
  private readonly ofUsers: Demands;
  private readonly ofLinks: Demands;
  /** Verified tokens, oldest first. `forgetAtMs` is a time of `performance.now()`. */
  private readonly known = new Map<string, { principal: Principal; forgetAtMs: number }>();

  constructor(
    { userKeys, linkKeys, issuer, audience }: RequiredAuth,
    private readonly remember: number,
  ) {
    super();
    this.ofUsers = { keysFor: lookUpIn(userKeys), claims: userClaims(issuer, audience) };
    this.ofLinks = { keysFor: () => linkKeys, claims: linkClaims(LINK_ISSUER, audience) };
  }

  override async authenticate(token: unknown): Promise<Principal> {
    if (token === undefined || token === null || token === '') throw new GalleyError('unauthenticated');
    if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) throw new GalleyError('token_invalid');
    const known = this.known.get(token);
    const isKnown = known && performance.now() < known.forgetAtMs;
    const principal = isKnown ? known.principal : await this.read(token);
    if (hasEnded(principal)) throw new GalleyError('token_expired');
    if (!isKnown) this.keep(token, principal);
    return principal;
  }

  /** The refusal does not say what is wrong with the token: that would only help an attacker. The log does. */
  private async read(text: string): Promise<Principal> {
    try {
      const token = parseToken(text);
      const demands = token.header.typ === LINK_TYPE ? this.ofLinks : this.ofUsers;
      verifySignature(token, await demands.keysFor(token));
      return parseClaims(demands.claims, token.claims);
    } catch (cause) {
      if (!(cause instanceof TokenFault)) throw cause;
      this.logger.debug(`Refused a token: ${cause.message}`);
      throw new GalleyError('token_invalid', undefined, { cause });
    }
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
}

function lookUpIn(userKeys: RequiredAuth['userKeys']): KeyLookup {
  if (!('jwksUrl' in userKeys)) return () => userKeys;
  const keys = new IssuerKeys(userKeys.jwksUrl);
  return (token) => keys.for(token);
}

/** Without a tolerance, because connections are closed at exactly that second. */
const hasEnded = ({ expiresAt = Infinity }: Principal) => expiresAt * 1_000 <= Date.now();
