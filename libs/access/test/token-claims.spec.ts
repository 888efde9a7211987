import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { authenticatorOf, refusalBy } from './authenticators.js';
import { goodClaims, nowSeconds, SECRET, signClaims, signTexts } from './signed-token.js';

const DAY_SECONDS = 86_400;

const bySecret = authenticatorOf({ AUTH_JWT_SECRET: SECRET });

const withClaims = (claims: object) => signClaims({ ...goodClaims(), ...claims });
const claimsText = (text: string | Buffer) => signTexts('{"alg":"HS256"}', text);

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a token that can be written in another way', () => {
  const good = withClaims({});
  const [header = '', claims = '', signature = ''] = good.split('.');
  const text = JSON.stringify(goodClaims());
  const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  /** A letter for the same bytes: two of its bits are not used. */
  const another = (letter = '') => LETTERS[LETTERS.indexOf(letter) + 1] ?? '';

  it.each([
    ['claims with a byte order mark', () => claimsText(`\ufeff${text}`)],
    ['a header with a byte order mark', () => signTexts('\ufeff{"alg":"HS256"}', text)],
    ['claims that are not UTF-8', () => claimsText(Buffer.from(text.replace('sue', '\u00ff'), 'latin1'))],
    ['padding after the signature', () => `${good}=`],
    ['padding after the header', () => `${header}=.${claims}.${signature}`],
    ['unused bits in the signature', () => good.slice(0, -1) + another(good.at(-1))],
    ['base64 in place of base64url', () => withClaims({ sub: '???>>>' }).replaceAll('-', '+').replaceAll('_', '/')],
    ['a line break', () => `${good}\n`],
    ['a space', () => ` ${good}`],
    ['a fourth part', () => `${good}.x`],
    ['two parts', () => `${header}.${claims}`],
    ['five parts, as if encrypted', () => `${header}.${claims}.${signature}.a.b`],
    ['a role that is given twice', () => claimsText(text.replace('{', '{"role":"customer",'))],
    ['a role that is given twice, once escaped', () => claimsText(text.replace('{', '{"r\\u006fle":"customer",'))],
    ['an algorithm that is given twice', () => signTexts('{"alg":"none","alg":"HS256"}', text)],
    ['claims in an array', () => claimsText(`[${text}]`)],
    ['claims that are null', () => claimsText('null')],
    ['claims that are a text', () => claimsText('"sue"')],
    ['claims with a comment', () => claimsText(`${text}//`)],
    ['a critical extension', () => signTexts('{"alg":"HS256","crit":["exp"]}', text)],
    ['an unencoded payload', () => signTexts('{"alg":"HS256","b64":false,"crit":["b64"]}', text)],
  ])('is refused: %s', async (_what, make) => {
    expect(await refusalBy(bySecret, good)).toBeUndefined();
    expect(await refusalBy(bySecret, make())).toBe('token_invalid');
  });

  it('is accepted if only its white space, unknown claims or names in other objects differ', async () => {
    for (const other of [
      JSON.stringify(goodClaims(), undefined, 2),
      text.replace('{', '{"address":{"role":"x","sub":"y"},"roles":["role:","a\\"b:"],'),
    ]) {
      expect(await refusalBy(bySecret, claimsText(other))).toBeUndefined();
    }
  });
});

/** Values of each kind that JSON has. */
const ODD: unknown[] = [null, true, false, '', '1', [], ['1'], {}, { valueOf: 1 }, -1, 1.5, 1e308];
const NUMBERS: unknown[] = ODD.filter((value) => typeof value === 'number');

describe('a claim', () => {
  it.each([
    [
      'sub',
      [...ODD, 'a\u0000b', 'a\nb', 'a\u007fb', 'a\u2028b', 'a\u202eb', '\ud800', '   ', '.', '..', 'x'.repeat(256)],
    ],
    ['role', [...ODD, 'owner', 'Staff', 'anonymous', 'tracker', '__proto__', 'constructor']],
    ['iss', [...ODD, 'elsewhere', ['galley'], 'galley ']],
    ['aud', [...ODD, 'billing', ['billing'], [['galley']], { galley: 1 }]],
    ['iat', [...ODD.filter((value) => !NUMBERS.includes(value)), -1, 1e308, Date.now()]],
    ['exp', [...ODD.filter((value) => !NUMBERS.includes(value)), 1e308, Date.now() + 60_000, 9e15]],
    ['nbf', [...ODD.filter((value) => !NUMBERS.includes(value)), Date.now(), 1e308]],
  ])('%s is refused with an odd value', async (claim, values) => {
    const accepted = [];
    for (const value of values) {
      // `"1"` and other texts are a `sub` like any other.
      if (claim === 'sub' && value === '1') continue;
      if ((await refusalBy(bySecret, withClaims({ [claim]: value }))) !== 'token_invalid') accepted.push(value);
    }
    expect(accepted).toEqual([]);
  });

  it.each(['sub', 'role', 'iss', 'aud', 'iat', 'exp'])('%s is required', async (claim) => {
    const claims = Object.fromEntries(Object.entries(goodClaims()).filter(([name]) => name !== claim));
    expect(await refusalBy(bySecret, signClaims(claims))).toBe('token_invalid');
  });

  it.each([
    ['the tolerance ahead', () => ({ iat: nowSeconds() + 5, nbf: nowSeconds() + 5 }), undefined],
    [
      'issued later than the tolerance ahead',
      () => ({ iat: nowSeconds() + 7, exp: nowSeconds() + 60 }),
      'token_invalid',
    ],
    ['valid later than the tolerance ahead', () => ({ nbf: nowSeconds() + 7 }), 'token_invalid'],
    [
      'issued tomorrow',
      () => ({ iat: nowSeconds() + DAY_SECONDS, exp: nowSeconds() + 2 * DAY_SECONDS }),
      'token_invalid',
    ],
    ['as long as a token may live', () => ({ exp: nowSeconds() + 90 * DAY_SECONDS }), undefined],
    ['a minute longer than a token may live', () => ({ exp: nowSeconds() + 90 * DAY_SECONDS + 60 }), 'token_invalid'],
    ['issued in the year 285,000', () => ({ iat: 8.93e12, exp: 8.93e12 + 60 }), 'token_invalid'],
    ['of both times in milliseconds', () => ({ iat: Date.now(), exp: Date.now() + 60_000 }), 'token_invalid'],
    ['expired', () => ({ iat: nowSeconds() - 60, exp: nowSeconds() - 1 }), 'token_expired'],
    ['expiring at this second', () => ({ iat: nowSeconds() - 60, exp: nowSeconds() }), 'token_expired'],
    ['expired before it was issued', () => ({ exp: nowSeconds() - 60 }), 'token_expired'],
    ['of several audiences', () => ({ aud: ['billing', 'galley'] }), undefined],
  ])('of times: %s', async (_what, claims, code) => {
    expect(await refusalBy(bySecret, withClaims(claims()))).toBe(code);
  });

  it('of time loses its fraction', async () => {
    const [iat, exp] = [nowSeconds() - 1, nowSeconds() + 60];
    const principal = await bySecret.authenticate(withClaims({ iat: iat + 0.9, exp: exp + 0.9, nbf: iat + 0.5 }));
    expect(principal).toMatchObject({ issuedAt: iat, expiresAt: exp });
  });

  it.each([
    ['exp', { exp: Date.now() + 60_000 }, 'exp: is more than 90 days after iat; both are in seconds'],
    ['iat', { iat: Date.now(), exp: Date.now() }, 'iat: is in the future'],
    ['aud', { aud: 'billing' }, 'aud: is another audience'],
    ['role', { role: 'owner' }, 'role: '],
  ])('that is wrong is named in the debug log: %s', async (_claim, claims, message) => {
    const debug = jest.spyOn(Logger.prototype, 'debug').mockImplementation(() => undefined);
    const token = withClaims(claims);
    expect(await refusalBy(bySecret, token)).toBe('token_invalid');
    expect(debug.mock.calls).toEqual([[expect.stringContaining(`Refused a token: ${message}`)]]);
    expect(JSON.stringify(debug.mock.calls)).not.toContain(token);
  });
});

describe.each([
  'f:0b5c1d2e-7a3f:ana',
  'ana_shop.example#EXT#@tenant',
  'Ana Müller',
  'a/b\\c?d=e&f%20',
  '安娜 👩‍👧',
  "' || 1=1",
  '-',
  'link:1',
  'x'.repeat(255),
])('the sub %j', (sub) => {
  it.each(['staff', 'customer'])('is that of %s as its issuer has written it', async (role) => {
    expect(await bySecret.authenticate(withClaims({ sub, role }))).toMatchObject({ role, sub });
  });
});
