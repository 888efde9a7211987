import { createPublicKey, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { ConfigError } from '@galley/runtime';
import { readPrivateKey, readPublicKeys } from './key-texts.js';
import { type SigningKey } from './signing-key.js';
import { secretKey, type VerifyingKey } from './verifying-keys.js';

/** How an app authenticates its clients. */
export type AuthOptions = { mode: 'open' } | RequiredAuth;

export interface RequiredAuth {
  mode: 'required';
  /** Verify the tokens of users: known keys, or the URL of the issuer's public keys. */
  userKeys: readonly VerifyingKey[] | { jwksUrl: string };
  /** Verify tracking links. */
  linkKeys: readonly VerifyingKey[];
  issuer: string;
  audience: string;
}

/** The issuer and audience of tokens, unless others are set. */
export const DEFAULT_ISSUER = 'galley';

const MIN_SECRET_LENGTH = 32;
const secret = z
  .string()
  .min(MIN_SECRET_LENGTH, `is too weak: it must have at least ${MIN_SECRET_LENGTH} characters`)
  .refine(
    (text) => new Set(text).size >= 10,
    'is too weak: it must be random, such as the output of openssl rand -hex 32',
  )
  .meta({ form: `${MIN_SECRET_LENGTH} random characters or more`, isSecret: true });

/** A text that is read when the process starts, so that a wrong key stops the start. */
const readAs = <T>(read: (text: string) => T) =>
  z.string().transform((text, context) => {
    try {
      return read(text);
    } catch (error) {
      context.addIssue((error as Error).message);
      return z.NEVER;
    }
  });

/** The environment variables of `AuthOptions`. */
export const authVariables = {
  AUTH: z
    .enum(['required', 'open'])
    .describe('whether a token is needed; `open` lets everybody do everything')
    .default('required'),
  AUTH_JWT_SECRET: secret.describe('one secret that signs and verifies').optional(),
  AUTH_PUBLIC_KEYS: readAs(readPublicKeys)
    .meta({
      description: 'the keys that verify tokens and tracking links',
      form: 'one or two keys in PEM, or a JSON Web Key Set',
    })
    .optional(),
  AUTH_JWKS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .meta({ description: "where the public keys of your users' issuer are", form: 'URL; `https` in production' })
    .optional(),
  AUTH_ISSUER: z
    .string()
    .meta({ description: '`iss` of the tokens; required with `AUTH_JWKS_URL`', byDefault: DEFAULT_ISSUER })
    .optional(),
  AUTH_AUDIENCE: z
    .string()
    .meta({ description: '`aud` of the tokens; required with `AUTH_JWKS_URL`', byDefault: DEFAULT_ISSUER })
    .optional(),
  AUTH_LINK_SECRET: secret
    .meta({ description: 'a secret of its own for tracking links', byDefault: 'that of AUTH_JWT_SECRET' })
    .optional(),
  AUTH_OPEN_IN_PRODUCTION: z
    .enum(['yes', 'no'])
    .describe('`yes` allows open mode where `NODE_ENV` is `production`')
    .default('no'),
  NODE_ENV: z
    .string()
    .meta({
      description:
        '`production` refuses what is only for one machine: open mode, orders in memory, keys over plain HTTP',
    })
    .optional(),
};

/** The variables of a process that also signs tokens. A gateway only verifies, and never reads the private key. */
export const signingVariables = {
  ...authVariables,
  AUTH_PRIVATE_KEY: readAs(readPrivateKey)
    .meta({
      description:
        'signs tracking links, and the tokens of `npm run token`; its public key must be in `AUTH_PUBLIC_KEYS`',
      form: 'a key in PEM',
      isSecret: true,
    })
    .optional(),
};

type AuthEnvironment = z.output<z.ZodObject<typeof authVariables>>;
type SigningEnvironment = z.output<z.ZodObject<typeof signingVariables>>;

/** @throws ConfigError if the variables contradict each other or one is missing */
export function toAuthOptions(e: AuthEnvironment): AuthOptions {
  const isProduction = e.NODE_ENV === 'production';
  if (e.AUTH === 'open') {
    if (!isProduction || e.AUTH_OPEN_IN_PRODUCTION === 'yes') return { mode: 'open' };
    throw new ConfigError([
      'AUTH must not be "open" in production, because everybody could change every order; if you want that, set AUTH_OPEN_IN_PRODUCTION=yes',
    ]);
  }
  const problems = [...problemsOfUserKeys(e, isProduction), ...problemsOfLinkKeys(e)];
  if (problems.length > 0) throw new ConfigError(problems);
  const publicKeys = e.AUTH_PUBLIC_KEYS ?? [];
  const linkSecret = e.AUTH_LINK_SECRET ?? e.AUTH_JWT_SECRET;
  return {
    mode: 'required',
    userKeys:
      e.AUTH_JWKS_URL === undefined ? [...publicKeys, ...keysOf(e.AUTH_JWT_SECRET)] : { jwksUrl: e.AUTH_JWKS_URL },
    linkKeys: [...publicKeys, ...keysOf(linkSecret)],
    issuer: e.AUTH_ISSUER ?? DEFAULT_ISSUER,
    audience: e.AUTH_AUDIENCE ?? DEFAULT_ISSUER,
  };
}

/**
 * @returns what signs tracking links: the private key, or else a secret
 * @throws ConfigError if there is neither, or if the private key is of none of the public keys
 */
export function toSigningKey(e: SigningEnvironment): SigningKey {
  if (e.AUTH === 'open') return { secret: randomBytes(32).toString('hex') }; // no token is checked
  const { AUTH_PRIVATE_KEY: privateKey, AUTH_LINK_SECRET, AUTH_JWT_SECRET } = e;
  const linkSecret = AUTH_LINK_SECRET ?? AUTH_JWT_SECRET;
  if (privateKey !== undefined) {
    const itsPublicKey = createPublicKey(privateKey);
    if (e.AUTH_PUBLIC_KEYS?.some(({ key }) => key.equals(itsPublicKey))) return { privateKey };
    throw new ConfigError([
      'AUTH_PUBLIC_KEYS must contain the public key of AUTH_PRIVATE_KEY: otherwise what it signs is refused',
    ]);
  }
  if (linkSecret !== undefined) return { secret: linkSecret };
  throw new ConfigError(['AUTH_PRIVATE_KEY must be set: the orders API signs tracking links with it']);
}

/** @returns what signs the tokens of users: the private key, or else the secret; undefined if there is neither */
export function userSigningKey({
  AUTH_PRIVATE_KEY: privateKey,
  AUTH_JWT_SECRET: secret,
}: Pick<SigningEnvironment, 'AUTH_PRIVATE_KEY' | 'AUTH_JWT_SECRET'>): SigningKey | undefined {
  if (privateKey !== undefined) return { privateKey };
  return secret === undefined ? undefined : { secret };
}

const keysOf = (text: string | undefined) => (text === undefined ? [] : [secretKey(text)]);

function problemsOfUserKeys(e: AuthEnvironment, isProduction: boolean): string[] {
  const { AUTH_JWT_SECRET, AUTH_JWKS_URL, AUTH_PUBLIC_KEYS } = e;
  if (AUTH_JWKS_URL === undefined) {
    return AUTH_JWT_SECRET === undefined && AUTH_PUBLIC_KEYS === undefined
      ? [
          'AUTH_PUBLIC_KEYS, AUTH_JWT_SECRET or AUTH_JWKS_URL must be set, or AUTH=open to let everybody in without a token',
        ]
      : [];
  }
  return [
    ...(AUTH_JWT_SECRET === undefined ? [] : ['AUTH_JWT_SECRET and AUTH_JWKS_URL must not both be set']),
    ...(isProduction && new URL(AUTH_JWKS_URL).protocol === 'http:'
      ? ['AUTH_JWKS_URL must be an https URL in production: others in the network could replace the keys']
      : []),
    ...(['AUTH_ISSUER', 'AUTH_AUDIENCE'] as const)
      .filter((key) => e[key] === undefined)
      .map((key) => `${key} must be set when AUTH_JWKS_URL is set`),
  ];
}

function problemsOfLinkKeys({ AUTH_JWKS_URL, AUTH_LINK_SECRET, AUTH_PUBLIC_KEYS }: AuthEnvironment): string[] {
  if (AUTH_JWKS_URL === undefined || AUTH_LINK_SECRET !== undefined || AUTH_PUBLIC_KEYS !== undefined) return [];
  return ['AUTH_PUBLIC_KEYS or AUTH_LINK_SECRET must be set when AUTH_JWKS_URL is set: it verifies tracking links'];
}
