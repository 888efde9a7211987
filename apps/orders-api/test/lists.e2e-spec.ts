import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mintToken } from '@galley/access';
import { ChangeFeed } from '@galley/change-feed';
import {
  formatPosition,
  orderCounts,
  orderPage,
  type OrderCounts,
  type OrderPage,
  type UserRole,
} from '@galley/contracts';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { listen } from '@galley/runtime';
import { OrdersClient, waitFor } from '@galley/testing';
import { createOrdersApi } from '../src/create-app.js';
import { readOrdersApiConfig } from '../src/orders-api.config.js';

const secret = randomBytes(32).toString('hex');

describe('the lists of the orders API', () => {
  let redis: EmbeddedRedis;
  let app: NestFastifyApplication;
  let url: string;
  let staff: OrdersClient;
  let customer: OrdersClient;
  const tokens = new Map<UserRole, string>();

  beforeAll(async () => {
    redis = await EmbeddedRedis.start();
    const config = readOrdersApiConfig({
      ...{ AUTH_JWT_SECRET: secret, REDIS_URL: redis.url, LOG_LEVEL: 'fatal', TIME_ZONE: 'America/New_York' },
      ALLOWED_ORIGINS: 'https://shop.example',
    });
    app = await createOrdersApi(config);
    url = `http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`;
    const clientOf = async (role: UserRole, sub: string) => {
      const token = await mintToken({ secret, role, sub, expiresIn: 600 });
      tokens.set(role, token);
      return new OrdersClient(url, token);
    };
    staff = await clientOf('staff', 'zoe');
    customer = await clientOf('customer', 'ana');
    const placed = [
      { orderId: 'flyers', customerId: 'ana', title: 'Flyers', estimatedDate: '2026-12-24', rush: true },
      { orderId: 'report', customerId: 'bo', title: '=Annual, "report"', status: 'Delivery' as const },
      { orderId: 'cards', customerId: 'ana', title: 'Cards', status: 'Packaging' as const },
    ];
    for (const [i, order] of placed.entries()) {
      await staff.place({ ...order, dateIssued: `2026-11-0${i + 1}T10:00:00Z` });
    }
    await staff.change('cards', { closed: true, note: 'paid' });
  });
  afterAll(async () => {
    await app.close();
    await redis.stop();
  });

  const ids = async (query: string, asked = staff) => {
    const { body } = await asked.send<OrderPage>('GET', `/orders?${query}`);
    return orderPage.parse(body).orders.map(({ orderId }) => orderId);
  };

  /** The answer as text. */
  const get = (path: string, headers: Record<string, string> = {}, role: UserRole = 'staff') =>
    fetch(url + path, { headers: { authorization: `Bearer ${tokens.get(role) ?? ''}`, ...headers } });

  it.each([
    ['', ['cards', 'report', 'flyers']],
    ['open=true', ['report', 'flyers']],
    ['open=false', ['cards']],
    ['status=Delivery&status=Packaging', ['cards', 'report']],
    ['rush=true', ['flyers']],
    ['rush=false', ['cards', 'report']],
    ['q=ann%20rep', ['report']],
    ['q=FLY%20an', ['flyers']],
    ['q=%21', ['cards', 'report', 'flyers']],
    // The date ends at midnight in New York.
    ['dueBefore=2026-12-25', ['flyers']],
    ['dueBefore=2026-12-24', []],
    ['dueAfter=2026-12-25T04:00:00Z', ['flyers']],
    ['dueBefore=2026-12-25T04:00:00Z', []],
    ['dueAfter=2026-12-24&dueBefore=2026-12-25', ['flyers']],
    ['updatedSince=2020-01-01', ['cards', 'report', 'flyers']],
    ['updatedSince=9000-01-01', []],
    ['open=true&status=Delivery&customerId=bo&q=annual&rush=false', ['report']],
  ])('have what GET /orders?%s asks for', async (query, expected) => {
    expect(await ids(query)).toEqual(expected);
    const { body } = await staff.send<OrderCounts>('GET', `/counts?${query}`);
    expect(orderCounts.parse(body)).toMatchObject({ total: expected.length, isComplete: true });
  });

  it.each([
    ['open=1', 'open must be one of "true", "false"'],
    ['dueBefore=soon', /^dueBefore must be an ISO 8601 date/],
    ['q=a+b+c+d+e+f+g+h+i', 'q must have at most 8 words'],
    [`q=${'a'.repeat(101)}`, 'q must have at most 100 characters'],
  ])('refuse %s, and say why', async (query, detail) => {
    for (const path of [`/orders?${query}`, `/counts?${query}`]) {
      expect((await staff.send('GET', path)).body).toMatchObject({
        ...{ status: 400, code: 'invalid_request' },
        detail: typeof detail === 'string' ? detail : expect.stringMatching(detail),
      });
    }
    const csv = await get(`/orders?${query}`, { accept: 'text/csv' });
    expect([csv.status, csv.headers.get('content-type')]).toEqual([400, expect.stringMatching('application/problem')]);
  });

  it('show customers their own orders only, in pages, counts, searches and CSV', async () => {
    expect([await ids('', customer), await ids('q=report', customer)]).toEqual([['cards', 'flyers'], []]);
    expect(await ids('customerId=bo', customer)).toEqual([]);
    const counted = async (query: string) => (await customer.send<OrderCounts>('GET', `/counts?${query}`)).body.total;
    expect([await counted(''), await counted('q=annual'), await counted('customerId=bo')]).toEqual([2, 0, 0]);
    const csv = await (await get('/orders', { accept: 'text/csv' }, 'customer')).text();
    expect(csv.split('\r\n').map((row) => row.split(',')[0])).toEqual(['orderId', 'cards', 'flyers', '']);
  });

  it('are a table with the header Accept: text/csv, whatever their limit', async () => {
    const answer = await get('/orders?limit=1&open=true', { accept: 'text/csv' });
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="orders.csv"');
    expect(answer.headers.get('galley-position')).toMatch(/:/);
    const [header, ...rows] = (await answer.text()).split('\r\n');
    expect(header).toMatch(/^orderId,customerId,title,/);
    expect(rows[0]).toMatch(/^report,bo,"'=Annual, ""report""",500,Delivery,,,,/);
    expect(rows[1]).toMatch(/^flyers,ana,Flyers,500,In Production,2026-12-24,true,,/);
    expect(rows.slice(2)).toEqual(['']);
  });

  it.each(['/orders', '/orders?open=true', '/counts', '/counts?q=fly', '/orders/report'])(
    'answers 304 to GET %s while nothing in the answer has changed',
    async (path) => {
      const first = await get(path);
      const etag = first.headers.get('etag') ?? '';
      const again = await get(path, { 'if-none-match': `W/${etag}` });
      expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
      expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
      expect((await get(path, { 'if-none-match': 'no tag' })).status).toBe(400);
    },
  );

  it('have another tag after a change', async () => {
    await staff.place({ orderId: 'changing', customerId: 'eve', status: 'Delivery' });
    const tags = async () =>
      Promise.all(
        ['/orders', '/counts'].map(async (path) => (await get(`${path}?customerId=eve`)).headers.get('etag')),
      );
    const before = await tags();
    await staff.change('changing', { status: 'Packaging' });
    const after = await tags();
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    await staff.remove('changing');
  });

  it('have the position of the feed up to which they have every change, and tell it to pages of other origins', async () => {
    const positions = async () => {
      const paths = ['/orders', '/counts', '/orders/report'];
      return Promise.all(paths.map(async (path) => (await get(path)).headers.get('galley-position') ?? ''));
    };
    const feed = app.get(ChangeFeed);
    for (const quantity of [7, 8]) {
      await staff.change('report', { quantity });
      await waitFor(async () => {
        const head = await feed.head();
        return head && (await positions()).every((position) => position === formatPosition(head)) ? head : undefined;
      }, 'the position of the change');
    }
    const { headers } = await get('/orders', { origin: 'https://shop.example' });
    expect(headers.get('access-control-expose-headers')).toContain('galley-position');
  });
});

it('are answered without a position while Redis is away', async () => {
  const redis = await EmbeddedRedis.start();
  const app = await createOrdersApi(readOrdersApiConfig({ AUTH: 'open', REDIS_URL: redis.url, LOG_LEVEL: 'fatal' }));
  const orders = new OrdersClient(`http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0 })}`);
  await orders.place();
  const position = async () => {
    const { status, headers } = await orders.list();
    expect(status).toBe(200);
    return headers.get('galley-position');
  };
  await waitFor(async () => (await position()) !== null, 'a position');
  await redis.stop();
  await waitFor(async () => (await position()) === null, 'none');
  await app.close();
});
