import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readEnvironment } from '@galley/runtime';
import { authVariables, signingVariables, toAuthOptions, toSigningKey } from '../src/index.js';
import { PAIRS, pemOf, privatePemOf, rsa } from './signed-token.js';

const SECRET = 'f3a9c17e5b2d4860a1c3e5f708192a3b4c5d6e7f';
const JWKS = { AUTH_JWKS_URL: 'https://id.example/keys', AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'shop' };
const [ours, others] = [rsa(), rsa()];
const PUBLIC = pemOf(ours);
const PRIVATE = privatePemOf(ours);
const webKey = (more: object, { publicKey } = ours) => ({ ...publicKey.export({ format: 'jwk' }), ...more });
const webKeys = (...keys: object[]) => JSON.stringify({ keys });

const read = (env: NodeJS.ProcessEnv) => toAuthOptions(readEnvironment(z.object(authVariables), env));
const readSigner = (env: NodeJS.ProcessEnv) => {
  const e = readEnvironment(z.object(signingVariables), env);
  toAuthOptions(e);
  return toSigningKey(e);
};

describe('the variables of authentication', () => {
  it.each([
    ['nothing', {}, 'AUTH_PUBLIC_KEYS, AUTH_JWT_SECRET or AUTH_JWKS_URL must be set'],
    ['a short secret', { AUTH_JWT_SECRET: SECRET.slice(0, 31) }, 'AUTH_JWT_SECRET: is too weak'],
    ['a secret that is not random', { AUTH_JWT_SECRET: 'ab'.repeat(20) }, 'AUTH_JWT_SECRET: is too weak'],
    ['an invalid URL', { AUTH_JWKS_URL: 'id.example/keys' }, 'AUTH_JWKS_URL: must be an http or https URL'],
    ['keys without their issuer', { AUTH_JWKS_URL: 'https://id.example/keys' }, 'AUTH_ISSUER must be set'],
    [
      'two kinds of keys',
      { ...JWKS, AUTH_JWT_SECRET: SECRET },
      'AUTH_JWT_SECRET and AUTH_JWKS_URL must not both be set',
    ],
    ['an issuer without a key for links', JWKS, 'AUTH_PUBLIC_KEYS or AUTH_LINK_SECRET must be set'],
    [
      'keys that others in the network could replace, in production',
      { ...JWKS, AUTH_JWKS_URL: 'HTTP://id.example/keys', AUTH_LINK_SECRET: SECRET, NODE_ENV: 'production' },
      'AUTH_JWKS_URL must be an https URL in production',
    ],
    ['open mode in production', { AUTH: 'open', NODE_ENV: 'production' }, 'AUTH must not be "open" in production'],
    ['a typing mistake', { AUTH: 'opne' }, 'AUTH: '],
    ['a private key in place of a public one', { AUTH_PUBLIC_KEYS: PRIVATE }, 'must not contain a private key'],
    ['a private key beside a public one', { AUTH_PUBLIC_KEYS: PUBLIC + PRIVATE }, 'must not contain a private key'],
    [
      'a private JSON Web Key',
      { AUTH_PUBLIC_KEYS: webKeys(webKey(ours.privateKey.export({ format: 'jwk' }))) },
      'must not contain a private key',
    ],
    ['a text that is no key', { AUTH_PUBLIC_KEYS: 'x'.repeat(64) }, 'AUTH_PUBLIC_KEYS: must be one or two public keys'],
    ['JSON that is no key set', { AUTH_PUBLIC_KEYS: '{"keys":{}}' }, 'AUTH_PUBLIC_KEYS: is not a JSON Web Key Set'],
    ['no key', { AUTH_PUBLIC_KEYS: webKeys() }, 'AUTH_PUBLIC_KEYS: must be one or two public keys'],
    ['three keys', { AUTH_PUBLIC_KEYS: PUBLIC.repeat(3) }, 'AUTH_PUBLIC_KEYS: must be one or two public keys'],
    [
      'a broken key',
      { AUTH_PUBLIC_KEYS: PUBLIC.replace(/^M/m, '!') },
      'AUTH_PUBLIC_KEYS: has PEM that is not a public',
    ],
    [
      'a weak RSA key',
      { AUTH_PUBLIC_KEYS: pemOf(rsa(1_024)) },
      'AUTH_PUBLIC_KEYS: must be RSA with at least 2048 bits',
    ],
    ['a key for encryption', { AUTH_PUBLIC_KEYS: webKeys(webKey({ use: 'enc' })) }, 'must be for signatures'],
    [
      'a key for another algorithm',
      { AUTH_PUBLIC_KEYS: webKeys(webKey({ alg: 'RSA-OAEP' })) },
      'must be for signatures',
    ],
    ['a secret among public keys', { AUTH_PUBLIC_KEYS: webKeys({ kty: 'oct', k: 'c2VjcmV0' }) }, 'AUTH_PUBLIC_KEYS: '],
  ])('stop the start with %s, naming the problem and never the value', (_name, env, message) => {
    const start = () => read(env);
    expect(start).toThrow(message);
    const values = Object.values(env).filter((value) => value.length > 12);
    for (const value of values) expect(start).not.toThrow(value);
  });

  it('allow open mode in production when a second variable confirms it', () => {
    const env = { AUTH: 'open', NODE_ENV: 'production', AUTH_OPEN_IN_PRODUCTION: 'yes' };
    expect(read(env)).toEqual({ mode: 'open' });
  });

  it('require a token unless open mode is set', () => {
    expect(read({ AUTH_JWT_SECRET: SECRET })).toMatchObject({ mode: 'required', issuer: 'galley', audience: 'galley' });
  });

  it.each([
    ['one key in PEM', PUBLIC, [['RS256', 'PS256']]],
    ['two keys in PEM', `${PUBLIC}\n${pemOf(PAIRS.ES256?.pair ?? ours)}`, [['RS256', 'PS256'], ['ES256']]],
    [
      'a JSON Web Key Set',
      webKeys(webKey({ alg: 'RS256', kid: 'a' }), webKey({}, others)),
      [['RS256'], ['RS256', 'PS256']],
    ],
  ])('take %s', (_what, text, algorithms) => {
    const auth = read({ AUTH_PUBLIC_KEYS: text });
    expect(auth).toMatchObject({ linkKeys: algorithms.map((names) => ({ algorithms: names })) });
  });

  it('let no secret verify what a public key should, unless both are set', () => {
    const algorithms = (keys: unknown) => (keys as { algorithms: string[] }[]).flatMap((key) => key.algorithms);
    const auth = read({ AUTH_PUBLIC_KEYS: PUBLIC, AUTH_LINK_SECRET: SECRET });
    if (auth.mode === 'open') throw new Error('it is open');
    expect(algorithms(auth.userKeys)).toEqual(['RS256', 'PS256']);
    expect(algorithms(auth.linkKeys)).toEqual(['RS256', 'PS256', 'HS256']);
  });
});

describe('what signs tracking links', () => {
  it.each([
    ['the private key', { AUTH_PUBLIC_KEYS: PUBLIC, AUTH_PRIVATE_KEY: PRIVATE, AUTH_JWT_SECRET: SECRET }, 'privateKey'],
    [
      'the private key of one of two',
      { AUTH_PUBLIC_KEYS: pemOf(others) + PUBLIC, AUTH_PRIVATE_KEY: PRIVATE },
      'privateKey',
    ],
    [
      'the private key, for users of an issuer',
      { ...JWKS, AUTH_PUBLIC_KEYS: PUBLIC, AUTH_PRIVATE_KEY: PRIVATE },
      'privateKey',
    ],
    ['a secret of its own', { ...JWKS, AUTH_LINK_SECRET: SECRET }, 'secret'],
    ['the secret of users', { AUTH_JWT_SECRET: SECRET }, 'secret'],
    ['something that nobody checks, in open mode', { AUTH: 'open' }, 'secret'],
  ])('is %s', (_what, env, kind) => {
    expect(Object.keys(readSigner(env))).toEqual([kind]);
  });

  it.each([
    ['nothing', { AUTH_PUBLIC_KEYS: PUBLIC }, 'AUTH_PRIVATE_KEY must be set'],
    [
      'a key that nobody verifies',
      { AUTH_PUBLIC_KEYS: pemOf(others), AUTH_PRIVATE_KEY: PRIVATE },
      'AUTH_PUBLIC_KEYS must contain the public key of AUTH_PRIVATE_KEY',
    ],
    [
      'a public key',
      { AUTH_PUBLIC_KEYS: PUBLIC, AUTH_PRIVATE_KEY: PUBLIC },
      'AUTH_PRIVATE_KEY: must be a private key in PEM',
    ],
  ])('cannot be %s', (_what, env, message) => {
    expect(() => readSigner(env)).toThrow(message);
  });
});
