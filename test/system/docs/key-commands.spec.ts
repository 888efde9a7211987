import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { Authenticator, mintToken } from '@galley/access';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { own } from '@galley/testing';

/** The commands of docs/SECURITY.md that have to do with keys, without their comments. */
const [making = [], changing = []] = [
  ...readFileSync('docs/SECURITY.md', 'utf8').matchAll(/^```sh\n(openssl [^`]+)```/gm),
]
  .map(([, block = '']) => block.trim().split('\n'))
  .map((lines) => lines.map((line) => line.replace(/ +#.*/, '')));

it('makes and changes keys with the commands of the documentation, and no step refuses a valid token', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'galley-keys-'));
  own(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const execute = (command = '') => execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'pipe' });
  const read = () =>
    readOrdersApiConfig({
      REDIS_URL: 'redis://127.0.0.1',
      AUTH_PUBLIC_KEYS_FILE: join(folder, 'AUTH_PUBLIC_KEYS'),
      AUTH_PRIVATE_KEY_FILE: join(folder, 'AUTH_PRIVATE_KEY'),
    });
  const mint = () => mintToken({ ...read().signingKey, role: 'staff', sub: 'sue', expiresIn: 60 });
  const roleOf = async (token: string) => (await Authenticator.create(read().auth).authenticate(token)).role;

  expect([making.length, changing.length]).toEqual([2, 4]);
  making.forEach(execute);
  const first = await mint();
  changing.slice(0, 2).forEach(execute);
  expect([await roleOf(first), await roleOf(await mint())]).toEqual(['staff', 'staff']);
  execute(changing[2]);
  const second = await mint();
  expect([await roleOf(first), await roleOf(second)]).toEqual(['staff', 'staff']);
  execute(changing[3]);
  expect(await roleOf(second)).toBe('staff');
  await expect(roleOf(first)).rejects.toMatchObject({ code: 'token_invalid' });
});
