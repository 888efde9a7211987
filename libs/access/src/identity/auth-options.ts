import { z } from 'zod';
import { ConfigError } from '@galley/runtime';

/** How principals are told, for one app. */
export type AuthOptions = { mode: 'open' } | RequiredAuth;

export interface RequiredAuth {
  mode: 'required';
  /** What tokens are verified with: a secret shared with who issues them, or the URL of the issuer's public keys. */
  keys: { secret: string } | { jwksUrl: string };
  issuer: string;
  audience: string;
  /** What tracking links are signed with. */
  linkSecret: string;
}

const WEAKEST = 32;
const secret = z
  .string()
  .min(WEAKEST, `is too weak: it must have at least ${WEAKEST} characters`)
  .refine(
    (text) => new Set(text).size >= 10,
    'is too weak: it must be random, such as the output of openssl rand -hex 32',
  );

/** The variables that say it. */
export const authVariables = {
  /** `open` lets everybody do everything. */
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

/** @throws ConfigError where they do not go together */
export function toAuthOptions(e: AuthEnvironment): AuthOptions {
  if (e.AUTH === 'open') {
    if (e.NODE_ENV !== 'production' || e.AUTH_OPEN_IN_PRODUCTION === 'yes') return { mode: 'open' };
    throw new ConfigError([
      'AUTH must not be "open" in production, where everybody could change every order; if that is meant, set AUTH_OPEN_IN_PRODUCTION=yes',
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
    throw new ConfigError(['AUTH_JWT_SECRET or AUTH_JWKS_URL must be set, or AUTH=open to let everybody in']);
  }
  const problems = [
    ...(e.AUTH_JWT_SECRET === undefined ? [] : ['AUTH_JWT_SECRET and AUTH_JWKS_URL must not both be set']),
    ...(['AUTH_ISSUER', 'AUTH_AUDIENCE', 'AUTH_LINK_SECRET'] as const)
      .filter((key) => e[key] === undefined)
      .map((key) => `${key} must be set where AUTH_JWKS_URL is`),
  ];
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_LINK_SECRET: linkSecret } = e;
  if (problems.length > 0 || issuer === undefined || audience === undefined || linkSecret === undefined) {
    throw new ConfigError(problems);
  }
  return { mode: 'required', keys: { jwksUrl: e.AUTH_JWKS_URL }, issuer, audience, linkSecret };
}
