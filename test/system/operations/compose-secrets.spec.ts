import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Authenticator, mintToken } from '@galley/access';
import { readGatewayConfig } from '@galley/gateway/gateway.config';
import { readOrdersApiConfig, type OrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { ComposeSecrets, type Volume } from '../harness/compose-secrets.js';

const APPS = ['orders-api', 'gateway'] as const;
const STAFF = { role: 'staff', sub: 'sue', expiresIn: 60 } as const;
const OLD_SECRET = 'f3a9c17e5b2d4860a1c3e5f708192a3b4c5d6e7f';

/** The variables of docker-compose.yml. */
const variablesOf = (secrets: ComposeSecrets, app: Volume): NodeJS.ProcessEnv => ({
  AUTH: 'required',
  REDIS_URL_FILE: secrets.fileOf(app, 'redis-url'),
  AUTH_PUBLIC_KEYS_FILE: secrets.fileOf(app, 'public-keys'),
  AUTH_JWT_SECRET_FILE: secrets.fileOf(app, 'jwt-secret'),
  ...(app === 'orders-api' && { AUTH_PRIVATE_KEY_FILE: secrets.fileOf(app, 'private-key') }),
});
const apiOf = (secrets: ComposeSecrets): OrdersApiConfig => readOrdersApiConfig(variablesOf(secrets, 'orders-api'));
const mint = (secrets: ComposeSecrets) => mintToken({ ...apiOf(secrets).signingKey, ...STAFF });

/** Whether both apps accept a token after their next start. */
async function isAccepted(secrets: ComposeSecrets, token: string): Promise<boolean[]> {
  const gateway = readGatewayConfig(variablesOf(secrets, 'gateway'));
  return Promise.all(
    [apiOf(secrets), gateway].map(({ auth }) =>
      Authenticator.create(auth)
        .authenticate(token)
        .then(
          () => true,
          () => false,
        ),
    ),
  );
}
const BOTH = [true, true];
const NEITHER = [false, false];

describe('the secrets of the compose stack', () => {
  it('let the orders API sign what both apps accept', async () => {
    const secrets = new ComposeSecrets();
    expect(await isAccepted(secrets, await mint(secrets))).toEqual(BOTH);
  });

  it('give gateways nothing that signs', () => {
    const secrets = new ComposeSecrets();
    expect(readdirSync(join(secrets.folder, 'gateway')).sort()).toEqual(['jwt-secret', 'public-keys', 'redis-url']);
    expect(secrets.read('gateway', 'jwt-secret')).toBe('');
    expect(secrets.read('gateway', 'public-keys')).not.toContain('PRIVATE');
  });

  it('stay the same at each start', () => {
    const secrets = new ComposeSecrets();
    const all = () =>
      APPS.flatMap((app) => readdirSync(join(secrets.folder, app)).map((name) => secrets.read(app, name)));
    const before = all();
    secrets.make();
    expect(all()).toEqual(before);
  });

  it('can be changed in steps that refuse no token of the step before', async () => {
    const secrets = new ComposeSecrets();
    const first = await mint(secrets);
    secrets.make('add-key');
    expect(await isAccepted(secrets, first)).toEqual(BOTH);
    expect(await isAccepted(secrets, await mint(secrets))).toEqual(BOTH);
    secrets.make('use-key');
    const second = await mint(secrets);
    expect(await isAccepted(secrets, first)).toEqual(BOTH);
    expect(await isAccepted(secrets, second)).toEqual(BOTH);
    secrets.make('drop-key');
    expect(await isAccepted(secrets, first)).toEqual(NEITHER);
    expect(await isAccepted(secrets, second)).toEqual(BOTH);
  });

  it.each([
    ...[['use-key'], ['drop-key'], ['add-key', 'add-key'], ['rotate']],
    ...[['drop-passwords'], ['add-passwords', 'add-passwords']],
  ])('refuse a step that is not due, and change nothing: %s %s', (...steps) => {
    const secrets = new ComposeSecrets();
    for (const step of steps.slice(0, -1)) secrets.make(step);
    const kept = () => [secrets.read('kept', 'private-keys'), secrets.logins()];
    const before = kept();
    expect(() => {
      secrets.make(steps.at(-1) ?? '');
    }).toThrow();
    expect(kept()).toEqual(before);
  });

  it('let apps log in with the old password and the new one, until the old one is dropped', () => {
    const secrets = new ComposeSecrets();
    const before = secrets.logins();
    expect(secrets.refusedOf(before)).toEqual([]);
    secrets.make('add-passwords');
    const added = secrets.logins();
    expect(added.filter((url) => before.includes(url))).toEqual([]);
    expect(secrets.refusedOf([...before, ...added])).toEqual([]);
    secrets.make('drop-passwords');
    expect(secrets.logins()).toEqual(added);
    expect(secrets.refusedOf(added)).toEqual([]);
    expect(secrets.refusedOf(before)).toEqual(before);
  });

  it('of a stack that signed with a secret keep its tokens valid until that secret is dropped', async () => {
    const secrets = new ComposeSecrets((volumes) => {
      writeFileSync(volumes.fileOf('kept', 'jwt'), OLD_SECRET);
    });
    const old = await mintToken({ secret: OLD_SECRET, ...STAFF });
    expect(await isAccepted(secrets, old)).toEqual(BOTH);
    expect(await isAccepted(secrets, await mint(secrets))).toEqual(BOTH);
    expect(apiOf(secrets).signingKey).toHaveProperty('privateKey');
    secrets.make('drop-secret');
    expect(await isAccepted(secrets, old)).toEqual(NEITHER);
    expect(await isAccepted(secrets, await mint(secrets))).toEqual(BOTH);
  });
});
