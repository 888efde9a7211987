import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken, PERMISSIONS, ROLES, type Action, type Role } from '@galley/access';
import { type TrackingLink, type UserRole } from '@galley/contracts';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { OrdersClient, TestClient } from '@galley/testing';
import { createOrdersApi } from '@galley/orders-api/create-app';
import { readOrdersApiConfig } from '@galley/orders-api/orders-api.config';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const secret = randomBytes(32).toString('hex');

/** Each route of the orders API, with its permission in `PERMISSIONS` and a request for the order `orderId`. */
const ROUTES: Record<string, { action: Action | 'public'; path: (orderId: string) => string; body?: object }> = {
  'GET /health/live': { action: 'public', path: () => '/health/live' },
  'GET /health/ready': { action: 'public', path: () => '/health/ready' },
  'GET /orders': { action: 'listOrders', path: () => '/orders' },
  'GET /counts': { action: 'listOrders', path: () => '/counts' },
  'GET /orders/:orderId': { action: 'readOrder', path: (id) => `/orders/${id}` },
  'GET /orders/:orderId/history': { action: 'readOrder', path: (id) => `/orders/${id}/history` },
  'POST /orders': {
    action: 'placeOrder',
    path: () => '/orders',
    body: { customerId: 'bo', title: 'Flyer', quantity: 1 },
  },
  'PATCH /orders/:orderId': { action: 'changeOrder', path: (id) => `/orders/${id}`, body: { message: 'soon' } },
  'POST /batches': {
    action: 'changeOrder',
    path: () => '/batches',
    body: { operations: [{ type: 'remove', orderId: 'nobody' }] },
  },
  'POST /orders/:orderId/tracking-links': {
    action: 'issueTrackingLink',
    path: (id) => `/orders/${id}/tracking-links`,
    body: {},
  },
  'POST /announcements': { action: 'announce', path: () => '/announcements', body: { message: 'Closed on Friday' } },
  'DELETE /sessions/:sub': { action: 'endSessions', path: () => '/sessions/nobody' },
  'DELETE /orders/:orderId': { action: 'removeOrder', path: (id) => `/orders/${id}` },
};

/** `served-docs.e2e-spec.ts` shows that these are for everybody. */
const isOfTheDocs = (path: string) => /^\/docs(\/|$)/.test(path);

it('covers every route of the orders API', async () => {
  const redis = await EmbeddedRedis.start();
  const app = await createOrdersApi(readOrdersApiConfig({ AUTH: 'open', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' }));
  const routes = new Set<string>();
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url }) => {
      for (const name of [method].flat()) if (name !== 'HEAD' && !isOfTheDocs(url)) routes.add(`${name} ${url}`);
    });
  await app.init();
  expect([...routes].sort()).toEqual(Object.keys(ROUTES).sort());
  await app.close();
  await redis.stop();
});

it('requires a token for every route that is not public', async () => {
  const cluster = await startCluster({ settings: { AUTH: 'required', AUTH_JWT_SECRET: secret }, gateways: 1 });
  for (const [route, { action, path, body }] of Object.entries(ROUTES)) {
    const { status } = await cluster.orders.send(route.split(' ')[0] ?? '', path('any'), body);
    expect([route, status]).toEqual([route, action === 'public' ? 200 : 401]);
  }
  await cluster.close();
});

/** The customer and the tracker may see the order `mine`. `theirs` belongs to another customer. */
describe.each(ROLES)('%s', (role) => {
  let cluster: TestCluster;
  let staff: OrdersClient;
  let token: string | undefined;
  let asked: OrdersClient;
  let number = 0;

  beforeAll(async () => {
    cluster = await startCluster(
      role === 'anonymous' ? {} : { settings: { AUTH: 'required', AUTH_JWT_SECRET: secret }, gateways: 1 },
    );
    const tokenOf = (of: UserRole, sub: string) => mintToken({ secret, role: of, sub, expiresIn: 600 });
    staff = new OrdersClient(cluster.url, role === 'anonymous' ? undefined : await tokenOf('staff', 'sue'));
    await staff.place({ orderId: 'linked', customerId: 'ana' });
    const link = await staff.send<TrackingLink>('POST', '/orders/linked/tracking-links', {});
    const tokens: Record<Role, string | undefined> = {
      staff: await tokenOf('staff', 'sam'),
      customer: await tokenOf('customer', 'ana'),
      tracker: link.body.token,
      screen: await tokenOf('screen', 'wall'),
      anonymous: undefined,
    };
    token = tokens[role];
    asked = new OrdersClient(cluster.url, token);
  });
  afterAll(() => cluster.close());

  /** `mine` may be seen by this role, `theirs` only by roles that see all orders. */
  const orders = async () => {
    const theirs = `theirs-${++number}`;
    await staff.place({ orderId: theirs, customerId: 'bo' });
    if (role === 'tracker') return { mine: 'linked', theirs };
    const mine = `mine-${number}`;
    await staff.place({ orderId: mine, customerId: 'ana' });
    return { mine, theirs };
  };

  it.each(Object.entries(ROUTES))(
    '%s is allowed or refused as the table says',
    async (route, { action, path, body }) => {
      const [method = ''] = route.split(' ');
      const { mine, theirs } = await orders();
      const reach = action === 'public' ? 'all' : PERMISSIONS[action][role];
      const outcome = async (orderId: string) => {
        const { status } = await asked.send(method, path(orderId), body);
        return status < 300 ? 'done' : status;
      };
      const isAboutOne = route.includes(':orderId');
      expect(await outcome(theirs)).toBe(reach === 'none' ? 403 : reach === 'all' || !isAboutOne ? 'done' : 404);
      expect(await outcome(mine)).toBe(reach === 'none' ? 403 : 'done');
    },
  );

  it('lists only the orders that it may see', async () => {
    await orders();
    const { status, body } = await asked.list({ limit: 200 });
    const customers = status === 200 ? [...new Set(body.orders.map(({ customerId }) => customerId))].sort() : status;
    expect(customers).toEqual(
      { staff: ['ana', 'bo'], anonymous: ['ana', 'bo'], screen: ['ana', 'bo'], customer: ['ana'], tracker: 403 }[role],
    );
    const others = await asked.list({ customerId: 'bo' });
    expect(others.status === 200 && others.body.orders.length > 0).toBe(PERMISSIONS.listOrders[role] === 'all');
  });

  const HEARS: Record<Role, { home: number; joined: boolean; own: number }> = {
    staff: { home: 4, joined: true, own: 4 },
    anonymous: { home: 4, joined: true, own: 4 },
    screen: { home: 4, joined: true, own: 4 },
    customer: { home: 0, joined: true, own: 4 },
    tracker: { home: 0, joined: false, own: 2 },
  };

  it('gets changes of only the orders that it may see, without joining a room', async () => {
    const client = await TestClient.connect(cluster.url, { auth: { token } });
    const mark = role === 'tracker' ? 'linked' : `mark-${++number}`;
    const theirs = `unheard-${number}`;
    await staff.place({ orderId: theirs, customerId: 'bo' });
    await staff.change(theirs, { status: 'Delivery' });
    await staff.remove(theirs);
    if (role !== 'tracker') await staff.place({ orderId: mark, customerId: 'ana' });
    await staff.change(mark, { status: 'Packaging', message: 'Packed' });
    await client.event(`${mark}/update`);
    const heard = client.events.filter(({ payload }) => payload.orderId === theirs);
    // These are one creation, two events of the update, and one deletion.
    expect(heard).toHaveLength(HEARS[role].home);
    client.close();
  });

  it('gets changes of an order that it has joined only if it may see the order', async () => {
    const { mine, theirs } = await orders();
    const client = await TestClient.connect(cluster.url, { auth: { token } });
    const answer = await client.joinRoom({ orderId: theirs });
    if (HEARS[role].joined) expect(answer).toMatchObject({ ok: true });
    else expect(answer).toMatchObject({ ok: false, error: { code: 'order_not_found' } });
    expect(await client.joinRoom({ orderId: mine })).toMatchObject({ ok: true });
    await staff.change(theirs, { status: 'Packaging' });
    await staff.change(mine, { status: 'Packaging', message: 'Packed' });
    await client.event(`${mine}/update`);
    const heard = client.events.some(({ payload }) => payload.orderId === theirs);
    expect(heard).toBe(PERMISSIONS.readOrder[role] === 'all');
    expect(await client.leaveRoom({ orderId: mine })).toMatchObject({ ok: true });
    client.close();
  });

  it('gets the rooms that it requests on connecting by the same rule', async () => {
    const { mine, theirs } = await orders();
    const auth = { token, rooms: [{ orderId: theirs }, { orderId: mine }] };
    if (!HEARS[role].joined) {
      expect(await TestClient.refused(cluster.url, { auth })).toMatchObject({
        code: 'order_not_found',
        retryable: false,
      });
      return;
    }
    const client = await TestClient.connect(cluster.url, { auth });
    await staff.change(theirs, { status: 'Packaging' });
    await staff.change(mine, { status: 'Packaging', message: 'Packed' });
    await client.event(`${mine}/update`);
    expect(client.revisions(`${theirs}/update`)).toEqual(PERMISSIONS.readOrder[role] === 'all' ? [2] : []);
    client.close();
  });
});
