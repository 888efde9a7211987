import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, expect, it, jest } from '@jest/globals';
import { own } from '@galley/testing';
import { Authenticator, type AuthOptions } from '../src/index.js';
import { goodClaims, PAIRS, signClaims } from './signed-token.js';

const [first, second] = ['RS256', 'ES256'].map((alg) => {
  const { pair, signature } = PAIRS[alg] ?? {};
  return {
    jwk: { ...pair?.publicKey.export({ format: 'jwk' }), kid: alg },
    token: () => signClaims({ ...goodClaims(), exp: goodClaims().exp + 3_600 }, { alg, kid: alg }, signature),
  };
}) as [Issued, Issued];
interface Issued {
  jwk: object;
  token: () => string;
}

afterEach(() => {
  jest.restoreAllMocks();
});

async function startIssuer(keys: unknown[]) {
  const issuer = { keys, fetches: 0, jwksUrl: '' };
  const server = createServer((_request, response) => {
    issuer.fetches++;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: issuer.keys }));
  }).listen(0, '127.0.0.1');
  own(() => {
    server.close().closeAllConnections();
  });
  await once(server, 'listening');
  issuer.jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
  return issuer;
}

function authenticatorOf({ jwksUrl }: { jwksUrl: string }): Authenticator {
  const options: AuthOptions = {
    mode: 'required',
    userKeys: { jwksUrl },
    linkKeys: [],
    issuer: 'galley',
    audience: 'galley',
  };
  return Authenticator.create(options);
}

const code = (authenticator: Authenticator, token: string) =>
  authenticator.authenticate(token).then(
    () => 'accepted',
    (error: unknown) => (error as { code: string }).code,
  );

it('fetches the keys once for many tokens that come at the same time', async () => {
  const issuer = await startIssuer([first.jwk]);
  const authenticator = authenticatorOf(issuer);
  const codes = await Promise.all(Array.from({ length: 100 }, () => code(authenticator, first.token())));
  expect([new Set(codes), issuer.fetches]).toEqual([new Set(['accepted']), 1]);
});

it('finds a new key of the issuer, but does not ask again for each token that nobody has signed', async () => {
  const issuer = await startIssuer([first.jwk]);
  const authenticator = authenticatorOf(issuer);
  expect(await code(authenticator, first.token())).toBe('accepted');
  issuer.keys = [second.jwk];
  for (let i = 0; i < 20; i++) expect(await code(authenticator, second.token())).toBe('token_invalid');
  expect(issuer.fetches).toBe(1);
  const later = Date.now() + 31_000;
  jest.spyOn(Date, 'now').mockImplementation(() => later);
  expect(await code(authenticator, second.token())).toBe('accepted');
  expect(await code(authenticator, first.token())).toBe('token_invalid');
  expect(issuer.fetches).toBe(2);
});

it('uses the good keys of an issuer that also has others', async () => {
  const others = [{}, { kty: 'oct', k: 'c2VjcmV0' }, { kty: 'RSA', n: 7 }, { ...first.jwk, use: 'enc' }];
  const authenticator = authenticatorOf(await startIssuer([...others, second.jwk]));
  expect(await code(authenticator, second.token())).toBe('accepted');
  expect(await code(authenticator, first.token())).toBe('token_invalid');
});
