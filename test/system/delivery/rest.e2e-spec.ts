import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { order, orderHistory, orderPage, problem } from '@galley/contracts';
import { aPlaceOrder, type OrdersClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

describe('the orders API', () => {
  let cluster: TestCluster;
  let orders: OrdersClient;

  beforeAll(async () => {
    cluster = await startCluster({ gateways: 1 });
    ({ orders } = cluster);
  });
  afterAll(() => cluster.close());

  it('creates, reads, changes and deletes an order', async () => {
    const created = await orders.place({ orderId: 'crud', estimatedDate: '2026-12-24' });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe('/orders/crud');
    expect(order.parse(created.body)).toMatchObject({ orderId: 'crud', status: 'In Production', revision: 1 });
    expect((await orders.get('crud')).body).toEqual(created.body);

    const changed = await orders.change('crud', { status: 'In Printing', message: 'On the press' });
    expect(changed.status).toBe(200);
    expect(order.parse(changed.body)).toMatchObject({ status: 'In Printing', revision: 2, title: created.body.title });

    const { body } = await orders.history('crud');
    expect(orderHistory.parse(body).history).toMatchObject([
      { type: 'created', revision: 1 },
      { type: 'updated', revision: 2, message: 'On the press' },
    ]);

    const removed = await orders.remove('crud');
    expect([removed.status, removed.body]).toEqual([204, undefined]);
    for (const answer of [await orders.get('crud'), await orders.history('crud'), await orders.remove('crud')]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
    }
    expect(await orders.place({ orderId: 'crud' })).toMatchObject({ status: 409, body: { code: 'order_exists' } });
  });

  it('gives an order without an id a time-ordered id', async () => {
    const first = await orders.place();
    const second = await orders.place();
    expect(first.body.orderId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(second.body.orderId > first.body.orderId).toBe(true);
  });

  it('lists orders page by page, newest first, with filters', async () => {
    const customerId = 'lister';
    for (let i = 1; i <= 5; i++) {
      const status = i % 2 === 0 ? 'Delivery' : 'Packaging';
      await orders.place({ customerId, orderId: `list-${i}`, status, dateIssued: `2026-01-0${i}T00:00:00Z` });
    }
    const seen: string[][] = [];
    let cursor: string | undefined;
    do {
      const { body } = await orders.list({ customerId, limit: 2, ...(cursor !== undefined && { cursor }) });
      const page = orderPage.parse(body);
      seen.push(page.orders.map(({ orderId }) => orderId));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([['list-5', 'list-4'], ['list-3', 'list-2'], ['list-1']]);
    const { body } = await orders.list({ customerId, status: 'Delivery' });
    expect(body.orders.map(({ orderId }) => orderId)).toEqual(['list-4', 'list-2']);
  });

  it('loses no update of concurrent writers', async () => {
    await orders.place({ orderId: 'hot' });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => orders.change('hot', { quantity: i + 1 })));
    expect(answers.map(({ body }) => body.revision).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 2),
    );
  });

  it('answers a repeated PATCH or DELETE with the same key as the first one, and changes nothing', async () => {
    await orders.place({ orderId: 'repeated' });
    const move = () =>
      orders.change('repeated', { status: 'Packaging' }, { 'if-match': '"1"', 'idempotency-key': 'move-1' });
    const first = await move();
    await orders.change('repeated', { status: 'Delivery' });
    const again = await move();
    expect([again.status, again.headers.get('etag'), again.body]).toEqual([200, '"2"', first.body]);
    expect((await orders.get('repeated')).body).toMatchObject({ revision: 3, status: 'Delivery' });
    const other = await orders.change('repeated', { quantity: 7 }, { 'idempotency-key': 'move-1' });
    expect([other.status, other.body]).toMatchObject([422, { code: 'idempotency_key_reused' }]);
    const wrong = await orders.change('repeated', { quantity: 7 }, { 'idempotency-key': 'with a space' });
    expect([wrong.status, wrong.body]).toMatchObject([400, { errors: [{ field: 'Idempotency-Key' }] }]);
    const headers = { 'if-match': '"3"', 'idempotency-key': 'remove-1' };
    expect((await orders.remove('repeated', headers)).status).toBe(204);
    expect((await orders.remove('repeated', headers)).status).toBe(204);
    expect((await orders.remove('repeated', { 'idempotency-key': 'remove-2' })).status).toBe(404);
  });

  describe('refuses invalid requests, names the field, and stores nothing', () => {
    const deep = (levels: number) => `${'{"title":'.repeat(levels)}1${'}'.repeat(levels)}`;

    it.each<[what: string, body: unknown, status: number, field: string]>([
      ['an unknown field', aPlaceOrder({ price: 3 } as object), 400, 'price'],
      ['a bad date', aPlaceOrder({ estimatedDate: 'soon' }), 400, 'estimatedDate'],
      ['an impossible date', aPlaceOrder({ dateIssued: '2026-13-01T00:00:00Z' }), 400, 'dateIssued'],
      ['an unknown status', aPlaceOrder({ status: 'Lost' as 'Delivery' }), 400, 'status'],
      ['over-long text', aPlaceOrder({ title: 'x'.repeat(10_000) }), 400, 'title'],
      ['an over-long message', aPlaceOrder({ message: 'x'.repeat(501) }), 400, 'message'],
      ['a missing field', { customerId: 'ana', title: 'T' }, 400, 'quantity'],
      ['a wrong type', aPlaceOrder({ quantity: '3' as unknown as number }), 400, 'quantity'],
      ['an operator', aPlaceOrder({ customerId: { $ne: null } as unknown as string }), 400, 'customerId'],
      ['an operator as a field', { ...aPlaceOrder(), $where: '1' }, 400, '$where'],
      ['a body that is no object', '[]', 400, 'body'],
      ['a body that is no JSON', '{"title":', 400, 'body'],
      ['no body', '', 400, 'body'],
      ['a prototype', '{"__proto__":{"title":"x"}}', 400, 'body'],
      ['deep JSON', deep(5_000), 400, 'body'],
      ['an over-large body', aPlaceOrder({ title: 'x'.repeat(70_000) }), 413, 'body'],
    ])('%s', async (_what, body, status, field) => {
      const before = (await orders.list({ limit: 200 })).body;
      const answer = await orders.send('POST', '/orders', body);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toMatch('application/problem+json');
      expect(problem.parse(answer.body).errors?.map((error) => error.field)).toEqual([field]);
      expect((await orders.list({ limit: 200 })).body).toEqual(before);
    });

    it.each<[what: string, method: string, path: string, status: number, code: string]>([
      ['a limit out of range', 'GET', '/orders?limit=201', 400, 'invalid_request'],
      ['a cursor that is none', 'GET', '/orders?cursor=abc', 400, 'invalid_request'],
      ['a filter with an operator', 'GET', '/orders?customerId[$ne]=x', 400, 'invalid_request'],
      ['a filter given twice', 'GET', '/orders?customerId=ana&customerId=bo', 400, 'invalid_request'],
      ['an unknown filter', 'GET', '/orders?sort=asc', 400, 'invalid_request'],
      ['a bad order id', 'GET', '/orders/a%20b', 400, 'invalid_request'],
      ['a URL that does not decode', 'GET', '/orders/%ff', 400, 'invalid_request'],
      ['a path that is no path', 'GET', '//', 404, 'route_not_found'],
      ['an unknown order', 'GET', '/orders/nobody', 404, 'order_not_found'],
      ['an unknown route', 'GET', '/nowhere', 404, 'route_not_found'],
    ])('%s', async (_what, method, path, status, code) => {
      const answer = await orders.send(method, path);
      expect(answer).toMatchObject({ status, body: { code, status } });
      expect(answer.headers.get('content-type')).toMatch('application/problem+json');
      problem.parse(answer.body);
    });

    it('a body in another format', async () => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' };
      expect(await orders.send('POST', '/orders', 'title=x', form)).toMatchObject({
        status: 415,
        body: { code: 'unsupported_media_type' },
      });
    });

    it('a change that changes nothing, or a field that may not change', async () => {
      await orders.place({ orderId: 'fixed' });
      for (const body of [{}, { customerId: 'bob' }, { revision: 7 }, { dateIssued: '2026-01-01' }]) {
        expect(await orders.change('fixed', body)).toMatchObject({ status: 400 });
      }
      expect((await orders.get('fixed')).body.revision).toBe(1);
    });
  });

  it('answers that it is alive and ready', async () => {
    expect(await orders.send('GET', '/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await orders.send('GET', '/health/ready')).toMatchObject({
      status: 200,
      body: { details: { feed: { status: 'up' } } },
    });
  });
});
