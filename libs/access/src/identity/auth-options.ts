import { z } from 'zod';
import { ConfigError } from '@galley/runtime';

/** How an app authenticates its clients. */
export type AuthOptions = { mode: 'open' } | RequiredAuth;

export interface RequiredAuth {
  mode: 'required';
  /** Verify tokens: a secret shared with their issuer, or the URL of the issuer's public keys. */
  keys: { secret: string } | { jwksUrl: string };
  issuer: string;
  audience: string;
  /** Signs tracking links. */
  linkSecret: string;
}

const MIN_SECRET_LENGTH = 32;
const secret = z
  .string()
  .min(MIN_SECRET_LENGTH, `is too weak: it must have at least ${MIN_SECRET_LENGTH} characters`)
  .refine(
    (text) => new Set(text).size >= 10,
    'is too weak: it must be random, such as the output of openssl rand -hex 32',
  );

/** The environment variables of `AuthOptions`. */
export const authVariables = {
  /** `open` lets everybody do everything, without a token. */
  AUTH: z.enum(['required', 'open']).default('required'),
  AUTH_JWT_SECRET: secret.optional(),
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  AUTH_LINK_SECRET: secret.optional(),
  AUTH_OPEN_IN_PRODUCTION: z.enum(['yes', 'no']).default('no'),
  NODE_ENV: z.string().optional(),
};

type AuthEnvironment = z.output<z.ZodObject<typeof authVariables>>;

/** The issuer and audience of tokens that are signed with a shared secret, unless others are set. */
export const DEFAULT_ISSUER = 'galley';

/** @throws ConfigError if the variables contradict each other or one is missing */
export function toAuthOptions(e: AuthEnvironment): AuthOptions {
  if (e.AUTH === 'open') {
    if (e.NODE_ENV !== 'production' || e.AUTH_OPEN_IN_PRODUCTION === 'yes') return { mode: 'open' };
    throw new ConfigError([
      'AUTH must not be "open" in production, because everybody could change every order; if you want that, set AUTH_OPEN_IN_PRODUCTION=yes',
    ]);
  }
  if (e.AUTH_JWT_SECRET !== undefined && e.AUTH_JWKS_URL === undefined) {
    return {
      mode: 'required',
      keys: { secret: e.AUTH_JWT_SECRET },
      issuer: e.AUTH_ISSUER ?? DEFAULT_ISSUER,
      audience: e.AUTH_AUDIENCE ?? DEFAULT_ISSUER,
      linkSecret: e.AUTH_LINK_SECRET ?? e.AUTH_JWT_SECRET,
    };
  }
  if (e.AUTH_JWKS_URL === undefined) {
    throw new ConfigError([
      'AUTH_JWT_SECRET or AUTH_JWKS_URL must be set, or AUTH=open to let everybody in without a token',
    ]);
  }
  const problems = [
    ...(e.AUTH_JWT_SECRET === undefined ? [] : ['AUTH_JWT_SECRET and AUTH_JWKS_URL must not both be set']),
    ...(['AUTH_ISSUER', 'AUTH_AUDIENCE', 'AUTH_LINK_SECRET'] as const)
      .filter((key) => e[key] === undefined)
      .map((key) => `${key} must be set when AUTH_JWKS_URL is set`),
  ];
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_LINK_SECRET: linkSecret } = e;
  if (problems.length > 0 || issuer === undefined || audience === undefined || linkSecret === undefined) {
    throw new ConfigError(problems);
  }
  return { mode: 'required', keys: { jwksUrl: e.AUTH_JWKS_URL }, issuer, audience, linkSecret };
}
