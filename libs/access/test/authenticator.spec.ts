import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { readEnvironment } from '@galley/runtime';
import { authVariables, Authenticator, toAuthOptions } from '../src/index.js';
import {
  goodClaims,
  hmacOf,
  nowSeconds,
  PAIRS,
  pemOf,
  privatePemOf,
  rsa,
  SECRET,
  signClaims,
  signTexts,
} from './signed-token.js';

const DAY_SECONDS = 86_400;

const withVariables = (env: NodeJS.ProcessEnv) =>
  Authenticator.create(toAuthOptions(readEnvironment(z.object(authVariables), env)));
const bySecret = withVariables({ AUTH_JWT_SECRET: SECRET });

/** The code of a refusal; undefined if the token is accepted. */
const refusalBy = (authenticator: Authenticator, token: unknown) =>
  authenticator.authenticate(token).then(
    () => undefined,
    (error: unknown) => (error as { code?: string }).code,
  );
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

describe.each(Object.entries(PAIRS))('a public key for %s', (alg, { pair, signature }) => {
  const pem = pemOf(pair);
  const authenticator = withVariables({ AUTH_PUBLIC_KEYS: pem });
  const others = Object.entries(PAIRS).filter(([name]) => name !== alg);

  it('verifies its tokens', async () => {
    expect(await refusalBy(authenticator, signClaims(goodClaims(), { alg }, signature))).toBeUndefined();
  });

  it('verifies no other claims', async () => {
    const [header, , signed] = signClaims(goodClaims(), { alg }, signature).split('.');
    const claims = Buffer.from(JSON.stringify({ ...goodClaims(), sub: 'eve' })).toString('base64url');
    expect(await refusalBy(authenticator, `${header}.${claims}.${signed}`)).toBe('token_invalid');
  });

  it.each([
    ['by HMAC with its PEM', { alg: 'HS256' }, hmacOf(pem)],
    ['by HMAC with its trimmed PEM', { alg: 'HS256' }, hmacOf(pem.trim())],
    ['by HMAC with its DER', { alg: 'HS256' }, hmacOf(pair.publicKey.export({ type: 'spki', format: 'der' }))],
    ['by HMAC under its own name', { alg }, hmacOf(pem)],
    ['not at all', { alg }, () => Buffer.alloc(0)],
    ['with "none"', { alg: 'none' }, () => Buffer.alloc(0)],
    ['with "None" and a signature', { alg: 'None' }, signature],
    ['with no algorithm', {}, signature],
    ['with a list of algorithms', { alg: [alg] }, signature],
    ['with the name of a method', { alg: 'constructor' }, signature],
    ['with zeros', { alg }, () => Buffer.alloc(64)],
    ...others.map(([other, by]): [string, object, (signed: string) => Buffer] => [
      `by the key of ${other}`,
      { alg: other },
      by.signature,
    ]),
    ...others.map(([other]): [string, object, (signed: string) => Buffer] => [
      `by itself, and names ${other}`,
      { alg: other === 'PS256' ? 'RS384' : other },
      signature,
    ]),
  ])('refuses a token that is signed %s', async (_how, header, by) => {
    expect(await refusalBy(authenticator, signClaims(goodClaims(), header, by))).toBe('token_invalid');
  });

  it('ignores keys in the header of a token', async () => {
    const stranger = rsa();
    const jwk = stranger.publicKey.export({ format: 'jwk' });
    const token = signClaims(
      goodClaims(),
      { alg, jwk, jku: 'https://evil.example/keys', x5c: [pemOf(stranger)] },
      hmacOf('x'),
    );
    expect(await refusalBy(authenticator, token)).toBe('token_invalid');
  });
});

describe('two keys at once', () => {
  const [first, second] = [PAIRS.RS256, PAIRS.ES256] as [typeof PAIRS.RS256 & object, typeof PAIRS.ES256 & object];
  const ofFirst = () => signClaims(goodClaims(), { alg: 'RS256' }, first.signature);
  const ofSecond = () => signClaims(goodClaims(), { alg: 'ES256' }, second.signature);

  it('verify the tokens of both, and of no third', async () => {
    const authenticator = withVariables({ AUTH_PUBLIC_KEYS: pemOf(first.pair) + pemOf(second.pair) });
    expect(await refusalBy(authenticator, ofFirst())).toBeUndefined();
    expect(await refusalBy(authenticator, ofSecond())).toBeUndefined();
    const third = signClaims(goodClaims(), { alg: 'EdDSA' }, PAIRS.EdDSA?.signature);
    expect(await refusalBy(authenticator, third)).toBe('token_invalid');
    expect(await refusalBy(authenticator, withClaims({}))).toBe('token_invalid');
  });

  it('may be a secret and a public key, for a move from one to the other', async () => {
    const authenticator = withVariables({ AUTH_PUBLIC_KEYS: pemOf(first.pair), AUTH_JWT_SECRET: SECRET });
    expect(await refusalBy(authenticator, ofFirst())).toBeUndefined();
    expect(await refusalBy(authenticator, withClaims({}))).toBeUndefined();
    const confused = signClaims(goodClaims(), { alg: 'HS256' }, hmacOf(pemOf(first.pair)));
    expect(await refusalBy(authenticator, confused)).toBe('token_invalid');
  });

  it('in a JSON Web Key Set are told apart by their id, and used only for their algorithm', async () => {
    const keys = [
      { ...first.pair.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256' },
      { ...PAIRS.PS256?.pair.publicKey.export({ format: 'jwk' }), kid: 'two', alg: 'PS256', use: 'sig' },
    ];
    const authenticator = withVariables({ AUTH_PUBLIC_KEYS: JSON.stringify({ keys }) });
    const refusal = (header: object, by = first.signature) =>
      refusalBy(authenticator, signClaims(goodClaims(), header, by));
    expect(await refusal({ alg: 'RS256', kid: 'one' })).toBeUndefined();
    expect(await refusal({ alg: 'RS256' })).toBeUndefined();
    expect(await refusal({ alg: 'PS256', kid: 'two' }, PAIRS.PS256?.signature)).toBeUndefined();
    expect(await refusal({ alg: 'RS256', kid: 'two' })).toBe('token_invalid');
    expect(await refusal({ alg: 'RS256', kid: ['one'] })).toBe('token_invalid');
  });
});

it('verifies with known keys without leaving the event loop', async () => {
  const authenticator = withVariables({ AUTH_PUBLIC_KEYS: pemOf(PAIRS.RS256?.pair ?? rsa()), AUTH_JWT_SECRET: SECRET });
  let turns = 0;
  setImmediate(() => turns++);
  await authenticator.authenticate(withClaims({}));
  await authenticator.authenticate(signClaims(goodClaims(), { alg: 'RS256' }, PAIRS.RS256?.signature));
  expect(turns).toBe(0);
});

it('never has a private key', () => {
  expect(() => withVariables({ AUTH_PUBLIC_KEYS: privatePemOf(rsa()) })).toThrow('must not contain a private key');
});
