import { describe, expect, it } from '@jest/globals';
import { authenticatorOf, refusalBy } from './authenticators.js';
import { goodClaims, hmacOf, PAIRS, pemOf, privatePemOf, rsa, SECRET, signClaims } from './signed-token.js';

describe.each(Object.entries(PAIRS))('a public key for %s', (alg, { pair, signature }) => {
  const pem = pemOf(pair);
  const authenticator = authenticatorOf({ AUTH_PUBLIC_KEYS: pem });
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
    const authenticator = authenticatorOf({ AUTH_PUBLIC_KEYS: pemOf(first.pair) + pemOf(second.pair) });
    expect(await refusalBy(authenticator, ofFirst())).toBeUndefined();
    expect(await refusalBy(authenticator, ofSecond())).toBeUndefined();
    const third = signClaims(goodClaims(), { alg: 'EdDSA' }, PAIRS.EdDSA?.signature);
    expect(await refusalBy(authenticator, third)).toBe('token_invalid');
    expect(await refusalBy(authenticator, signClaims(goodClaims()))).toBe('token_invalid');
  });

  it('may be a secret and a public key, for a move from one to the other', async () => {
    const authenticator = authenticatorOf({ AUTH_PUBLIC_KEYS: pemOf(first.pair), AUTH_JWT_SECRET: SECRET });
    expect(await refusalBy(authenticator, ofFirst())).toBeUndefined();
    expect(await refusalBy(authenticator, signClaims(goodClaims()))).toBeUndefined();
    const confused = signClaims(goodClaims(), { alg: 'HS256' }, hmacOf(pemOf(first.pair)));
    expect(await refusalBy(authenticator, confused)).toBe('token_invalid');
  });

  it('in a JSON Web Key Set are told apart by their id, and used only for their algorithm', async () => {
    const keys = [
      { ...first.pair.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256' },
      { ...PAIRS.PS256?.pair.publicKey.export({ format: 'jwk' }), kid: 'two', alg: 'PS256', use: 'sig' },
    ];
    const authenticator = authenticatorOf({ AUTH_PUBLIC_KEYS: JSON.stringify({ keys }) });
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
  const authenticator = authenticatorOf({
    AUTH_PUBLIC_KEYS: pemOf(PAIRS.RS256?.pair ?? rsa()),
    AUTH_JWT_SECRET: SECRET,
  });
  let turns = 0;
  setImmediate(() => turns++);
  await authenticator.authenticate(signClaims(goodClaims()));
  await authenticator.authenticate(signClaims(goodClaims(), { alg: 'RS256' }, PAIRS.RS256?.signature));
  expect(turns).toBe(0);
});

it('never has a private key', () => {
  expect(() => authenticatorOf({ AUTH_PUBLIC_KEYS: privatePemOf(rsa()) })).toThrow('must not contain a private key');
});
