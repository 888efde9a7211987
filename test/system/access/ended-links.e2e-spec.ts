import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { type TrackingLink } from '@galley/contracts';
import { OrdersClient, TestClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const secret = randomBytes(32).toString('hex');

describe('a tracking link of a deleted order', () => {
  let cluster: TestCluster;
  let staff: OrdersClient;

  beforeAll(async () => {
    cluster = await startCluster({ settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
    staff = new OrdersClient(cluster.url, await mintToken({ secret, role: 'staff', sub: 'sue', expiresIn: 600 }));
  });
  afterAll(() => cluster.close());

  async function linkTo(orderId: string): Promise<string> {
    await staff.place({ orderId });
    return (await staff.send<TrackingLink>('POST', `/orders/${orderId}/tracking-links`, {})).body.token;
  }

  it('has told its holder that the order is gone, live and after a lost connection', async () => {
    const token = await linkTo('told');
    const [live, away] = await Promise.all([0, 1].map(() => TestClient.connect(cluster.url, { auth: { token } })));
    await staff.change('told', { status: 'Packaging' });
    await away?.event('told/update');
    const position = away?.position;
    away?.close();
    await staff.remove('told');
    await live?.event('orderDeleted', ({ orderId }) => orderId === 'told');
    const back = await TestClient.connect(cluster.url, { auth: { token, position } });
    expect(back.ready).toMatchObject({ recovered: true, replayed: 1 });
    expect(back.events.map(({ name }) => name)).toEqual(['orderDeleted']);
  });

  it('opens nothing any more, and is not made again', async () => {
    const token = await linkTo('gone');
    const holder = new OrdersClient(cluster.url, token);
    expect((await holder.get('gone')).status).toBe(200);
    await staff.remove('gone');
    expect([(await holder.get('gone')).status, (await holder.history('gone')).status]).toEqual([404, 404]);
    expect((await staff.send('POST', '/orders/gone/tracking-links', {})).status).toBe(404);
    expect((await staff.place({ orderId: 'gone', customerId: 'bo' })).status).toBe(409);
    const client = await TestClient.connect(cluster.url, { auth: { token } });
    await staff.place({ orderId: 'another' });
    await staff.change('another', { status: 'Packaging' });
    expect(await client.joinRoom({ orderId: 'another' })).toMatchObject({ error: { code: 'order_not_found' } });
    expect(client.events).toEqual([]);
  });
});
