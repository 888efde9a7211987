import { createSecretKey, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  UnsecuredJWT,
  type GenerateKeyPairResult,
  type JWTPayload,
} from 'jose';
import { mintToken } from '@galley/access';
import { type TrackingLink } from '@galley/contracts';
import { OrdersClient, Stopwatch, TestClient, waitFor } from '@galley/testing';
import { RawClient } from '@galley/verification';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const secret = randomBytes(32).toString('hex');
const key = createSecretKey(secret, 'utf8');
const seconds = () => Math.floor(Date.now() / 1_000);

/** The claims of a valid token of the shop. */
const good = (): JWTPayload => ({
  ...{ role: 'staff', sub: 'sue', iss: 'galley', aud: 'galley', iat: seconds(), exp: seconds() + 60 },
});
const sign = (claims: JWTPayload, header: { alg?: string; typ?: string } = {}, signedWith = key) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256', ...header }).sign(signedWith);
const without = (claim: string) => sign(Object.fromEntries(Object.entries(good()).filter(([name]) => name !== claim)));

describe('with a shared secret', () => {
  let cluster: TestCluster;
  let staff: OrdersClient;

  beforeAll(async () => {
    cluster = await startCluster({
      settings: { AUTH: 'required', AUTH_JWT_SECRET: secret, EXPIRY_WARNING_MS: '1000' },
    });
    staff = new OrdersClient(cluster.url, await sign(good()));
    await staff.place({ orderId: 'linked' });
  });
  afterAll(() => cluster.close());

  const linkToken = async () =>
    (await staff.send<TrackingLink>('POST', '/orders/linked/tracking-links', {})).body.token;
  /** The claims of a tracking link, signed with the header of a user's token. */
  const asUser = async () => {
    const [, claims = ''] = (await linkToken()).split('.');
    return sign(JSON.parse(Buffer.from(claims, 'base64url').toString()) as JWTPayload);
  };

  const REFUSED: [name: string, token: () => unknown, code: string][] = [
    ['a missing token', () => undefined, 'unauthenticated'],
    ['an empty token', () => '', 'unauthenticated'],
    ['a token that is no string', () => ({ $gt: '' }), 'token_invalid'],
    ['a token that is no JWT', () => 'let-me-in', 'token_invalid'],
    ['a token that is too long', () => 'x'.repeat(5_000), 'token_invalid'],
    ['an expired token', () => sign({ ...good(), iat: seconds() - 60, exp: seconds() - 1 }), 'token_expired'],
    ['a token that is valid from tomorrow', () => sign({ ...good(), nbf: seconds() + 86_400 }), 'token_invalid'],
    ['an unsigned token', () => new UnsecuredJWT(good()).encode(), 'token_invalid'],
    ['a token with another algorithm', () => sign(good(), { alg: 'HS512' }), 'token_invalid'],
    ['a token signed with another key', () => sign(good(), {}, createSecretKey(randomBytes(32))), 'token_invalid'],
    ['a token for another audience', () => sign({ ...good(), aud: 'billing' }), 'token_invalid'],
    ['a token of another issuer', () => sign({ ...good(), iss: 'elsewhere' }), 'token_invalid'],
    ['a token with an unknown role', () => sign({ ...good(), role: 'owner' }), 'token_invalid'],
    ['a token with a role that has no tokens', () => sign({ ...good(), role: 'anonymous' }), 'token_invalid'],
    ['a token with an invalid customer id', () => sign({ ...good(), role: 'customer', sub: 'a\nb' }), 'token_invalid'],
    ['a token that never ends', () => without('exp'), 'token_invalid'],
    [
      'a token that is valid for more than 90 days',
      () => sign({ ...good(), exp: seconds() + 90 * 86_400 + 60 }),
      'token_invalid',
    ],
    ['a token without its time of issue', () => without('iat'), 'token_invalid'],
    ['a token without a user', () => without('sub'), 'token_invalid'],
    ["a tracking link that claims to be a user's token", asUser, 'token_invalid'],
    [
      "a user's token that claims to be a tracking link",
      () => sign(good(), { typ: 'galley-link+jwt' }),
      'token_invalid',
    ],
    [
      'a token with changed claims',
      async () => {
        const [header, , signature] = (await linkToken()).split('.');
        return `${header}.${Buffer.from(JSON.stringify(good())).toString('base64url')}.${signature}`;
      },
      'token_invalid',
    ],
  ];

  describe.each(REFUSED)('%s', (_name, make, code) => {
    it(`is refused with ${code} before there is a connection`, async () => {
      const refusal = await TestClient.refused(cluster.url, { auth: { token: await make() } });
      expect(refusal).toMatchObject({ code, retryable: code === 'token_expired' });
      expect(JSON.stringify(refusal)).not.toContain(secret);
    });

    it('is refused by REST', async () => {
      const token = await make();
      const asked = new OrdersClient(
        cluster.url,
        typeof token === 'object' ? JSON.stringify(token) : (token as string),
      );
      const { status, headers, body } = await asked.send<{ code: string }>('GET', '/orders');
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toBe('Bearer');
      expect(body.code).toBe(code);
    });
  });

  it('accepts a token only in the connect packet, not in headers, nor in the URL, because many can read logs of URLs', async () => {
    const token = await sign(good());
    for (const options of [{ query: { token } }, { extraHeaders: { authorization: `Bearer ${token}` } }]) {
      expect(await TestClient.refused(cluster.url, options)).toMatchObject({ code: 'unauthenticated' });
    }
    const asked = new OrdersClient(cluster.url);
    expect((await asked.send('GET', `/orders?token=${token}&access_token=${token}`)).status).toBe(401);
  });

  it('warns a client before its token ends, and closes the connection when it does', async () => {
    const exp = seconds() + 6;
    const token = await sign({ ...good(), exp });
    const client = await TestClient.connect(cluster.url, { auth: { token }, reconnectionDelay: 50 });
    const watch = new Stopwatch();
    const refused = refusalOf(client);
    const closed = once(client.socket as never, 'disconnect').then(() => Date.now());
    const warning = await waitFor(
      () => client.connectionEvents.find(({ name }) => name === 'tokenExpiring'),
      'a warning',
    );
    expect(warning.payload).toEqual({ expiresAt: new Date(exp * 1_000).toISOString() });
    expect(Date.now() - watch.lostMs).toBeLessThan(exp * 1_000);
    const late = (await closed) - exp * 1_000;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late - watch.lostMs).toBeLessThan(1_000);
    // The client reconnects by itself, and a new token would be accepted.
    expect(await refused).toMatchObject({ code: 'token_expired', retryable: true });
    client.close();
  });

  it('ends the connection of a client that does not answer a close frame, when its token ends', async () => {
    const exp = seconds() + 6;
    const auth = JSON.stringify({ token: await sign({ ...good(), exp }) });
    const client = await RawClient.connect({ url: cluster.url, auth, lingers: true });
    const watch = new Stopwatch();
    await waitFor(() => client.hasEnded, 'the end');
    expect(Date.now() - exp * 1_000 - watch.lostMs).toBeLessThan(2_000);
  });

  it('keeps a connection open with a new token only if the token belongs to the same user', async () => {
    const exp = seconds() + 6;
    const token = await sign({ ...good(), exp });
    const [renewed, control] = await Promise.all(
      [0, 1].map(() => TestClient.connect(cluster.url, { auth: { token }, reconnection: false })),
    );
    const refresh = (body: unknown) => renewed?.socket.timeout(5_000).emitWithAck('refreshToken', body);
    const refusals = [
      [{ token: await sign({ ...good(), sub: 'sam' }) }, 'forbidden'],
      [{ token: await sign({ ...good(), role: 'customer' }) }, 'forbidden'],
      [{ token: await sign({ ...good(), exp: seconds() - 1 }) }, 'token_expired'],
      [{ token: new UnsecuredJWT(good()).encode() }, 'token_invalid'],
      [{}, 'invalid_request'],
      [token, 'invalid_request'],
    ];
    for (const [body, code] of refusals) expect(await refresh(body)).toMatchObject({ ok: false, error: { code } });
    const later = seconds() + 60;
    expect(await refresh({ token: await sign({ ...good(), exp: later }) })).toEqual({
      ok: true,
      data: { expiresAt: new Date(later * 1_000).toISOString() },
    });
    await once(control?.socket as never, 'disconnect'); // it still has the first token
    await staff.place({ orderId: 'heard' });
    await renewed?.event('orderCreated', ({ orderId }) => orderId === 'heard');
    renewed?.close();
  });

  it('does not warn a client with short-lived tokens constantly', async () => {
    const options = () => ({ ...good(), exp: seconds() + 4 });
    const token = await sign(options());
    const client = await TestClient.connect(cluster.url, { auth: { token }, reconnection: false });
    const warnings = () => client.connectionEvents.filter(({ name }) => name === 'tokenExpiring').length;
    client.socket.on('tokenExpiring', () => {
      void sign(options()).then((next) => client.socket.emit('refreshToken', { token: next }));
    });
    const started = Date.now();
    await waitFor(() => warnings() === 3, 'three warnings');
    expect(Date.now() - started).toBeGreaterThan(1_000);
    client.close();
  });
});

describe('with the public keys of an issuer', () => {
  let issuer: Server;
  let cluster: TestCluster;
  let pair: GenerateKeyPairResult;
  let status = 200;
  let asked = 0;
  const settings = () => ({
    ...{ AUTH: 'required', AUTH_ISSUER: 'https://id.example', AUTH_AUDIENCE: 'shop' },
    ...{ AUTH_LINK_SECRET: secret, AUTH_JWKS_URL: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/keys` },
  });
  const claims = (): JWTPayload => ({ ...good(), iss: 'https://id.example', aud: 'shop' });
  const tokenOf = (more: JWTPayload = {}) =>
    new SignJWT({ ...claims(), ...more }).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(pair.privateKey);

  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true });
    const keys = [{ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256' }];
    issuer = createServer((_request, response) => {
      asked++;
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
    }).listen(0, '127.0.0.1');
    await once(issuer, 'listening');
    cluster = await startCluster({ settings: settings(), gateways: 1 });
  });
  afterAll(async () => {
    await cluster.close();
    issuer.close().closeAllConnections();
  });

  it('answers that it is unavailable and when to try again while the keys cannot be fetched', async () => {
    status = 500;
    const token = await tokenOf();
    const answer = await new OrdersClient(cluster.url, token).list();
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('5');
    const refusal = await TestClient.refused(cluster.url, { auth: { token } });
    expect(refusal).toMatchObject({ code: 'unavailable', retryable: true, retryAfter: 5 });
    status = 200;
    expect((await new OrdersClient(cluster.url, token).list()).status).toBe(200);
  });

  it("lets the issuer's users in, and fetches its keys only once", async () => {
    const user = new OrdersClient(cluster.url, await tokenOf({ role: 'customer', sub: 'ana' }));
    expect((await user.list()).status).toBe(200);
    const client = await TestClient.connect(cluster.url, { auth: { token: await tokenOf() } });
    client.close();
    const before = asked;
    for (let i = 0; i < 20; i++) {
      expect((await new OrdersClient(cluster.url, await tokenOf({ sub: `user-${i}` })).list()).status).toBe(200);
    }
    expect(asked).toBe(before);
  });

  it('refuses tokens that are unsigned, signed with a foreign key, or signed by HMAC with the public key', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const pem = createSecretKey(await exportSPKI(pair.publicKey), 'utf8');
    const header = { alg: 'ES256', kid: 'k1' };
    const forged = [
      await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(pem),
      await new SignJWT(claims()).setProtectedHeader(header).sign(privateKey),
      await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(key),
      new UnsecuredJWT(claims()).encode(),
      await sign(good()),
    ];
    for (const token of forged) {
      expect(await TestClient.refused(cluster.url, { auth: { token } })).toMatchObject({ code: 'token_invalid' });
      expect((await new OrdersClient(cluster.url, token).list()).status).toBe(401);
    }
  });
});

function refusalOf(client: TestClient): Promise<unknown> {
  return once(client.socket as never, 'connect_error').then(([error]) => (error as { data?: unknown }).data);
}

it('mints tokens for development that the shop accepts', async () => {
  const cluster = await startCluster({ settings: { AUTH: 'required', AUTH_JWT_SECRET: secret }, gateways: 1 });
  const token = await mintToken({ secret, role: 'staff', sub: 'ana', expiresIn: 600 });
  expect((await new OrdersClient(cluster.url, token).list()).status).toBe(200);
  await cluster.close();
});
