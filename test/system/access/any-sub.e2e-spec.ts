import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mintToken } from '@galley/access';
import { OrdersClient, TestClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const secret = randomBytes(32).toString('hex');
const tokenOf = (role: 'staff' | 'customer', sub: string) => mintToken({ secret, role, sub, expiresIn: 600 });

/** What issuers write as `sub`, with the name of its room. */
const SUBJECTS: [sub: string, room: string][] = [
  ['ana', 'customer:ana'],
  ['auth0|5f7c@shop.example', 'customer:auth0|5f7c@shop.example'],
  ['f:0b5c1d2e-7a3f:ana', 'customer:f%3A0b5c1d2e-7a3f%3Aana'],
  ['ana_shop.example#EXT#@tenant', 'customer:ana_shop.example%23EXT%23@tenant'],
  ['Ana Müller', 'customer:Ana%20M%C3%BCller'],
  ['CN=Ana,OU=Print/Shop\\1 + "x"', 'customer:CN%3DAna%2COU%3DPrint%2FShop%5C1%20+%20%22x%22'],
  ['100%', 'customer:100%25'],
  ['100%25', 'customer:100%2525'],
  ['ana:order:b', 'customer:ana%3Aorder%3Ab'],
  ['安娜 👩‍👧', 'customer:%E5%AE%89%E5%A8%9C%20%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7'],
  ['ü'.repeat(255), `customer:${'%C3%BC'.repeat(255)}`],
];

describe('a customer with any sub that an issuer writes', () => {
  let cluster: TestCluster;
  let staff: OrdersClient;
  let written = '';

  beforeAll(async () => {
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      written += String(chunk);
      return true;
    });
    cluster = await startCluster({
      logLevel: 'log',
      settings: { AUTH: 'required', AUTH_JWT_SECRET: secret, LOG_FORMAT: 'json' },
    });
    staff = new OrdersClient(cluster.url, await tokenOf('staff', 'f:0b5c:sue #1'));
  });
  afterAll(async () => {
    await cluster.close();
    jest.restoreAllMocks();
    Logger.overrideLogger(['fatal']);
  });

  it.each(SUBJECTS)(
    'sees and hears their own orders and no others, resumes, and is signed out: %j',
    async (sub, room) => {
      const token = await tokenOf('customer', sub);
      const orderId = `of-${SUBJECTS.findIndex(([other]) => other === sub)}`;
      const client = await TestClient.connect(cluster.url, { auth: { token } });
      expect(await staff.place({ orderId, customerId: sub })).toMatchObject({ status: 201, body: { customerId: sub } });
      expect(await client.event('orderCreated')).toMatchObject({ orderId, order: { customerId: sub } });
      expect(await client.joinRoom()).toEqual({ ok: true, data: { rooms: [room] } });
      expect(await client.joinRoom({ orderId })).toEqual({ ok: true, data: { rooms: [`${room}:order:${orderId}`] } });
      await staff.change(orderId, { status: 'Packaging' });
      await client.event(`${orderId}/update`);
      expect(client.events.map(({ payload }) => payload.orderId).filter((heard) => heard !== orderId)).toEqual([]);

      const asked = new OrdersClient(cluster.url, token);
      const own = (await asked.list()).body.orders;
      expect(own.map((order) => [order.orderId, order.customerId])).toEqual([[orderId, sub]]);
      expect((await staff.list({ customerId: sub })).body.orders).toEqual(own);
      expect((await asked.get(orderId)).status).toBe(200);

      const { position } = client;
      client.close();
      await staff.change(orderId, { status: 'Delivery' });
      const resumed = await TestClient.connect(cluster.url, { auth: { token, position } });
      expect(resumed.ready).toMatchObject({ recovered: true });
      expect(await resumed.event(`${orderId}/update`)).toMatchObject({ status: 'Delivery' });

      const ended = once(resumed.socket as never, 'disconnect');
      expect((await staff.send('DELETE', `/sessions/${encodeURIComponent(sub)}?role=customer`)).status).toBe(204);
      await ended;
      expect((await asked.list()).status).toBe(401);
      const isLogged = () =>
        written
          .split('\n')
          .filter((line) => line.includes('"endSessions"'))
          .some((line) => (JSON.parse(line) as { user: string }).user === sub);
      await waitFor(isLogged, 'a line of the audit log');
    },
  );

  it('is not known by a part of their sub, or by its encoded form', async () => {
    await staff.place({ orderId: 'whole', customerId: 'bo:order:whole' });
    for (const sub of ['bo', 'bo%3Aorder%3Awhole', 'BO:ORDER:WHOLE', ' bo:order:whole']) {
      const asked = new OrdersClient(cluster.url, await tokenOf('customer', sub));
      expect([(await asked.list()).body.orders, (await asked.get('whole')).status]).toEqual([[], 404]);
    }
  });
});
