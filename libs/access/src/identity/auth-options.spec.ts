import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readEnvironment } from '@galley/runtime';
import { authVariables, toAuthOptions } from './auth-options.js';

const SECRET = 'f3a9c17e5b2d4860a1c3e5f708192a3b4c5d6e7f';
const read = (env: NodeJS.ProcessEnv) => toAuthOptions(readEnvironment(z.object(authVariables), env));

describe('the variables of authentication', () => {
  it.each([
    ['nothing', {}, 'AUTH_JWT_SECRET or AUTH_JWKS_URL must be set'],
    ['a short secret', { AUTH_JWT_SECRET: SECRET.slice(0, 31) }, 'AUTH_JWT_SECRET: is too weak'],
    ['a secret that is not random', { AUTH_JWT_SECRET: 'ab'.repeat(20) }, 'AUTH_JWT_SECRET: is too weak'],
    ['an invalid URL', { AUTH_JWKS_URL: 'id.example/keys' }, 'AUTH_JWKS_URL: must be an http or https URL'],
    ['keys without their issuer', { AUTH_JWKS_URL: 'https://id.example/keys' }, 'AUTH_ISSUER must be set'],
    [
      'two kinds of keys',
      { AUTH_JWKS_URL: 'https://id.example/keys', AUTH_JWT_SECRET: SECRET },
      'AUTH_JWT_SECRET and AUTH_JWKS_URL must not both be set',
    ],
    ['open mode in production', { AUTH: 'open', NODE_ENV: 'production' }, 'AUTH must not be "open" in production'],
    ['a typing mistake', { AUTH: 'opne' }, 'AUTH: '],
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
});
