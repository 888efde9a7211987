import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { orderHistory, problem } from '@galley/contracts';
import { aPlaceOrder, type OrdersClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

describe('the orders API answers exactly', () => {
  let cluster: TestCluster;
  let orders: OrdersClient;

  beforeAll(async () => {
    cluster = await startCluster({ gateways: 0 });
    ({ orders } = cluster);
    await orders.place({ orderId: 'a' });
    await orders.change('a', { status: 'In Printing' });
    await orders.change('a', { status: 'In Binding' });
  });
  afterAll(() => cluster.close());

  it.each([
    ['"3"', 304],
    ['W/"3"', 304],
    ['"2" ,\t"3"', 304],
    ['*', 304],
    ['"2"', 200],
    ['"xyz"', 200],
    ['3', 400],
  ])('GET with If-None-Match: %s', async (tags, status) => {
    const answer = await orders.send('GET', '/orders/a', undefined, { 'if-none-match': tags });
    expect(answer.status).toBe(status);
    if (status === 400) return;
    expect([answer.headers.get('etag'), answer.headers.get('cache-control')]).toEqual(['"3"', 'no-store']);
    if (status === 304) expect([answer.body, answer.headers.get('content-type')]).toEqual([undefined, null]);
    else expect(answer.body).toMatchObject({ orderId: 'a', revision: 3 });
  });

  it('GET of an order that does not exist, whatever If-None-Match says', async () => {
    const answer = await orders.send('GET', '/orders/nobody', undefined, { 'if-none-match': '*' });
    expect(answer).toMatchObject({ status: 404, body: { code: 'order_not_found' } });
  });

  it.each([
    ['W/"1"', 200],
    [', "7",\t,"1" ,', 200],
    ['*', 200],
    ['"2"', 412],
    ['W/"2"', 412],
    ['1', 400],
    ['"1" "2"', 400],
  ])('PATCH and DELETE with If-Match: %s', async (tags, status) => {
    const { orderId } = (await orders.place()).body;
    const changed = await orders.change(orderId, { quantity: 7 }, { 'if-match': tags });
    expect(changed.status).toBe(status);
    if (status !== 200) problem.parse(changed.body);
    const other = (await orders.place()).body.orderId;
    expect((await orders.remove(other, { 'if-match': tags })).status).toBe(status === 200 ? 204 : status);
  });

  it('GET of a history, in pages that the query describes', async () => {
    const get = async (query: string) => {
      const { status, body } = await orders.send('GET', `/orders/a/history${query}`);
      expect(status).toBe(200);
      const { history, nextCursor } = orderHistory.parse(body);
      return { revisions: history.map(({ revision }) => revision), nextCursor };
    };
    expect(await get('')).toEqual({ revisions: [1, 2, 3], nextCursor: undefined });
    const { revisions, nextCursor } = await get('?order=newest&limit=2');
    expect(revisions).toEqual([3, 2]);
    expect(await get(`?order=newest&limit=2&cursor=${nextCursor}`)).toMatchObject({ revisions: [1] });
    expect((await get('?limit=1')).revisions).toEqual([1]);
  });

  it.each([
    ['limit=0', 'limit must be a whole number from 1 to 200'],
    ['limit=201', 'limit must be a whole number from 1 to 200'],
    ['limit=', 'limit must be a whole number from 1 to 200'],
    ['order=random', 'order must be one of "oldest", "newest"'],
    ['cursor=abc', 'cursor is not the nextCursor of a history that begins with the oldest entry'],
    ['sort=asc', 'sort is not a known field'],
  ])('GET of a history with %s: 400', async (query, detail) => {
    expect(await orders.send('GET', `/orders/a/history?${query}`)).toMatchObject({ status: 400, body: { detail } });
  });

  it.each([
    ['dateIssued', '9999-12-31T23:59:59-23:59'],
    ['dateIssued', '0000-01-01T00:00:00+23:59'],
    ['estimatedDate', '9999-12-31T23:59:59-23:59'],
    ['estimatedDate', '0000-01-01T00:00:00+00:01'],
  ])('POST with a %s of %s: 400', async (field, date) => {
    const answer = await orders.send('POST', '/orders', aPlaceOrder({ [field]: date }));
    expect(answer).toMatchObject({
      status: 400,
      body: { detail: `${field} must be in the years 0000 to 9999, in UTC` },
    });
  });

  it('the first and the last date that there is: stored, sorted and listed with their cursors', async () => {
    const dates = ['9999-12-31T23:59:59.999Z', '9999-12-31T00:00:00+23:59', '0000-01-01T00:00:00.000Z'];
    for (const [i, dateIssued] of dates.entries()) {
      await orders.place({ orderId: `date-${i}`, customerId: 'dates', dateIssued });
    }
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const { status, body } = await orders.list({
        customerId: 'dates',
        limit: 1,
        ...(cursor !== undefined && { cursor }),
      });
      expect(status).toBe(200);
      seen.push(...body.orders.map(({ orderId }) => orderId));
      if (body.nextCursor === undefined) break;
      cursor = body.nextCursor;
    }
    expect(seen).toEqual(['date-0', 'date-1', 'date-2']);
  });

  it.each([
    ['title', 'a\u0000'],
    ['title', 'a\ud83d'],
    ['message', 'a\u202eb'],
    ['message', '\uffff'],
  ])('POST with a broken %s %j: 400, and nothing is stored', async (field, text) => {
    const body = JSON.stringify(aPlaceOrder({ orderId: 'broken', [field]: text }));
    expect(await orders.send('POST', '/orders', body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
    expect((await orders.get('broken')).status).toBe(404);
  });

  it('POST of a tracking link without a body: all of its fields are optional', async () => {
    expect((await orders.send('POST', '/orders/a/tracking-links')).status).not.toBe(400);
  });
});
