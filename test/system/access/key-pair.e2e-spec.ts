import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { mintToken } from '@galley/access';
import { type TrackingLink } from '@galley/contracts';
import { OrdersClient, TestClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const STAFF = { role: 'staff', sub: 'sue', expiresIn: 600 } as const;

describe.each([
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2_048 })],
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['Ed25519', generateKeyPairSync('ed25519')],
])('a cluster with an %s key pair', (_kind, { privateKey, publicKey }) => {
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  let cluster: TestCluster;
  let staff: OrdersClient;

  beforeAll(async () => {
    cluster = await startCluster({
      gateways: 1,
      settings: {
        AUTH: 'required',
        AUTH_PUBLIC_KEYS: publicPem,
        AUTH_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      },
    });
    staff = new OrdersClient(cluster.url, await mintToken({ privateKey, ...STAFF }));
  });
  afterAll(() => cluster.close());

  it('lets in whom it has signed for, and the holders of its links', async () => {
    const token = await mintToken({ privateKey, ...STAFF });
    const client = await TestClient.connect(cluster.url, { auth: { token } });
    expect((await staff.place({ orderId: 'job' })).status).toBe(201);
    await client.event('orderCreated');
    const { body: link } = await staff.send<TrackingLink>('POST', '/orders/job/tracking-links', {});
    const holder = await TestClient.connect(cluster.url, { auth: { token: link.token } });
    await staff.change('job', { status: 'Packaging' });
    await holder.event('job/update');
    expect((await new OrdersClient(cluster.url, link.token).get('job')).status).toBe(200);
  });

  it('lets in nobody who has only its public key', async () => {
    const seconds = Math.floor(Date.now() / 1_000);
    const forged = await new SignJWT({ ...STAFF, iss: 'galley', aud: 'galley', iat: seconds, exp: seconds + 60 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(createSecretKey(publicPem, 'utf8'));
    expect((await new OrdersClient(cluster.url, forged).list()).status).toBe(401);
    expect(await TestClient.refused(cluster.url, { auth: { token: forged } })).toMatchObject({ code: 'token_invalid' });
  });
});
