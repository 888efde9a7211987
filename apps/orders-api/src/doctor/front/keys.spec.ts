import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { type UserRole } from '@galley/contracts';
import { thisMachine } from '../clocks.js';
import { Front, type Answer } from './front.js';
import { isOpen, judgeAccess, judgeIssuer, judgeToken } from './keys.js';

const answer = (status: number, body: unknown = {}): Answer => ({
  ...{ status, headers: new Headers(), text: JSON.stringify(body), tookMs: 1 },
});
const orders = answer(200, { orders: [] });
const refused = answer(401, { detail: 'The token is invalid' });

describe('who is let in', () => {
  const judge = (url: string, toStrangers: Answer, toForgers = refused) =>
    judgeAccess({ toStrangers, toForgers }, new Front(url));

  it.each([
    ['ok', 'open mode at this machine', 'http://localhost:3000', orders, orders],
    ['ok', 'open mode in a private network', 'http://172.18.0.5:3000', orders, orders],
    ['warn', 'open mode at a public address', 'http://203.0.113.7', orders, orders],
    ['warn', 'open mode at a name', 'https://shop.example', orders, orders],
    ['ok', 'tokens', 'https://shop.example', refused, refused],
    ['fail', 'a forged token that is accepted', 'https://shop.example', refused, orders],
    ['fail', 'a name that open mode does not answer', 'http://galley', answer(403), refused],
    ['fail', 'something else', 'https://shop.example', answer(200, {}), answer(200, {})],
  ])('is %s with %s', (level, _what, url, toStrangers, toForgers) => {
    expect(judge(url, toStrangers, toForgers)).toMatchObject({ level });
  });

  it('is everybody only where orders are listed without a token', () => {
    expect(isOpen({ toStrangers: orders, toForgers: orders })).toBe(true);
    expect(isOpen({ toStrangers: answer(200, {}), toForgers: orders })).toBe(false);
  });
});

describe('a token', () => {
  const mint = (role: UserRole, expiresIn: number) =>
    mintToken({ secret: randomBytes(32).toString('hex'), role, sub: 'ana', expiresIn });

  it('is right if it is of staff, accepted and lasts', async () => {
    expect(judgeToken(await mint('staff', 12 * 3_600), orders)).toMatchObject({
      ...{ level: 'ok', found: 'HS256 of staff, accepted, ends in 12 h' },
    });
  });

  it.each([
    ['of a customer', 'customer', 3_600],
    ['about to end', 'staff', 60],
  ] as const)('is a warning if it is %s', async (_what, role, expiresIn) => {
    expect(judgeToken(await mint(role, expiresIn), orders, thisMachine())).toMatchObject({ level: 'warn' });
  });

  it('is a failure if it is refused, or no token', async () => {
    expect(judgeToken(await mint('staff', 3_600), refused)).toMatchObject({
      ...{ level: 'fail', found: 'the token is refused (401: The token is invalid)' },
    });
    expect(judgeToken('hello', refused)).toMatchObject({ level: 'fail', found: 'GALLEY_TOKEN is not a token' });
    expect(judgeToken(await mint('staff', 3_600), answer(503))).toMatchObject({ level: 'fail' });
  });
});

it.each([
  ['ok', answer(200, { keys: [{}] })],
  ['fail', answer(200, { keys: [] })],
  ['fail', answer(200, {})],
  ['fail', answer(404)],
])('says %s about the keys of an issuer', (level, keys) => {
  expect(judgeIssuer(keys)).toMatchObject({ level });
});
