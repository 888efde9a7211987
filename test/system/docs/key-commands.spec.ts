import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { Authenticator, mintToken } from '@galley/access';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { own } from '@galley/testing';
import { printedIn } from './documents.js';

/** The commands of docs/AUTHENTICATION.md, without their comments. */
const linesOf = (block = '') =>
  block
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +#.*/, ''));
const making = linesOf(printedIn('docs/AUTHENTICATION.md', 'With a key pair', 'sh')[0]);
const [enter, ...changing] = linesOf(printedIn('docs/AUTHENTICATION.md', 'Change the keys', 'sh')[0]);

it('makes and changes keys with the commands of the documentation, and no step refuses a valid token', async () => {
  const HOME = mkdtempSync(join(tmpdir(), 'galley-home-'));
  own(() => {
    rmSync(HOME, { recursive: true, force: true });
  });
  const folder = join(HOME, 'galley-keys');
  const execute = (command = '') =>
    execFileSync('sh', ['-c', command], { env: { ...process.env, HOME }, stdio: 'pipe' });
  const change = (command = '') => execute(`${enter} && ${command}`);
  const read = () =>
    readOrdersApiConfig({
      REDIS_URL: 'redis://127.0.0.1',
      AUTH_PUBLIC_KEYS_FILE: join(folder, 'AUTH_PUBLIC_KEYS'),
      AUTH_PRIVATE_KEY_FILE: join(folder, 'AUTH_PRIVATE_KEY'),
    });
  const mint = () => mintToken({ ...read().signingKey, role: 'staff', sub: 'sue', expiresIn: 60 });
  const roleOf = async (token: string) => (await Authenticator.create(read().auth).authenticate(token)).role;

  expect([making.length, changing.length]).toEqual([4, 4]);
  making.forEach((command) => execute(command));
  const first = await mint();
  changing.slice(0, 2).forEach((command) => change(command));
  expect([await roleOf(first), await roleOf(await mint())]).toEqual(['staff', 'staff']);
  change(changing[2]);
  const second = await mint();
  expect([await roleOf(first), await roleOf(second)]).toEqual(['staff', 'staff']);
  change(changing[3]);
  expect(await roleOf(second)).toBe('staff');
  await expect(roleOf(first)).rejects.toMatchObject({ code: 'token_invalid' });
});
