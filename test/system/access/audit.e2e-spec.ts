import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mintToken } from '@galley/access';
import { OrdersClient, TestClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const secret = randomBytes(32).toString('hex');

/** The fields of a line besides those that every line has. */
function fieldsOf(line: string): Record<string, unknown> {
  const { timestamp, level, service, instance, version, logger, message, ...fields } = JSON.parse(line) as Record<
    string,
    unknown
  >;
  expect({ level, logger, message }).toEqual({ level: 'info', logger: 'Audit', message: fields.action });
  for (const field of [timestamp, service, instance, version]) expect(field).toEqual(expect.any(String));
  return fields;
}

/** The tests read the log of the processes as JSON. */
describe('the audit log', () => {
  let cluster: TestCluster;
  let token: string;
  let staff: OrdersClient;
  let written = '';
  const lines = () => written.split('\n').filter((line) => line.includes('"Audit"'));
  const entries = () => lines().map(fieldsOf);
  const entry = (action: string) => waitFor(() => entries().findLast((found) => found.action === action), action);

  beforeAll(async () => {
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      written += String(chunk);
      return true;
    });
    cluster = await startCluster({
      gateways: 1,
      logLevel: 'log',
      settings: { AUTH: 'required', AUTH_JWT_SECRET: secret, LOG_FORMAT: 'json' },
    });
    token = await mintToken({ secret, role: 'staff', sub: 'sue', expiresIn: 600 });
    staff = new OrdersClient(cluster.url, token);
  });
  afterAll(async () => {
    await cluster.close();
    jest.restoreAllMocks();
    Logger.overrideLogger(['fatal']);
  });

  it('has one line for each write, with the user, the action, both revisions and the request id', async () => {
    const headers = { 'x-request-id': 'request-7' };
    await staff.place({ orderId: 'job', title: 'Confidential report' }, headers);
    await staff.change('job', { message: 'Nobody else may read this', note: 'A private matter' }, headers);
    await staff.remove('job', headers);
    const who = { role: 'staff', sub: 'sue', request_id: 'request-7', order_id: 'job' };
    expect(entries().filter(({ order_id }) => order_id === 'job')).toEqual([
      { action: 'placeOrder', ...who, from: 0, to: 1 },
      { action: 'changeOrder', ...who, from: 1, to: 2 },
      { action: 'removeOrder', ...who, from: 2, to: 3 },
    ]);
  });

  it('has no line for a refused write or for a read', async () => {
    const before = lines().length;
    expect((await staff.change('none', { message: 'x' })).status).toBe(404);
    expect((await staff.list()).status).toBe(200);
    expect(lines()).toHaveLength(before);
  });

  it('makes a request id if the request has none that is fit for a log, and answers with it', async () => {
    const ids = [];
    for (const headers of [undefined, { 'x-request-id': 'a {"b"}' }]) {
      const answer = await staff.place({}, headers);
      ids.push(answer.headers.get('x-request-id'));
      expect(await entry('placeOrder')).toMatchObject({ request_id: ids.at(-1) });
    }
    expect(ids).toEqual([expect.stringMatching(/^[\da-f-]{36}$/), expect.stringMatching(/^[\da-f-]{36}$/)]);
  });

  it('has a line for each tracking link, announcement and sign-out', async () => {
    await staff.place({ orderId: 'linked' });
    await staff.send('POST', '/orders/linked/tracking-links', {});
    expect(await entry('issueTrackingLink')).toMatchObject({ sub: 'sue', order_id: 'linked' });
    await staff.announce('Closed on Friday');
    expect(await entry('announce')).toMatchObject({ role: 'staff', sub: 'sue' });
    await staff.send('DELETE', '/sessions/bo');
    expect(await entry('endSessions')).toMatchObject({ sub: 'sue', user: 'bo' });
  });

  it('has a line for each refused request, with the reason, the route, the caller and the address', async () => {
    const headers = { 'x-request-id': 'request-8' };
    const asked = (bearer: string) => new OrdersClient(cluster.url, bearer);
    await asked(`${token}x`).send('PATCH', '/orders/job', { message: 'x' }, headers);
    const route = { action: 'request', address: '127.0.0.1', request_id: 'request-8' };
    expect(await entry('request')).toEqual({ ...route, refused: 'token_invalid', route: 'PATCH /orders/:orderId' });
    const customer = await mintToken({ secret, role: 'customer', sub: 'ana', expiresIn: 600 });
    await asked(customer).send('POST', '/announcements', { message: 'x' }, headers);
    expect(await entry('request')).toEqual({
      ...{ ...route, refused: 'forbidden', route: 'POST /announcements' },
      ...{ role: 'customer', sub: 'ana' },
    });
  });

  it('has a line for each refused connection and handshake, with the reason and the address', async () => {
    const [url = ''] = cluster.gateways.values();
    const from = (headers: object) => ({ extraHeaders: { 'x-forwarded-for': '10.1.2.3', ...headers } });
    await TestClient.refused(url, { ...from({}), auth: { token: `${token}x` } });
    expect(await entry('connect')).toEqual({ action: 'connect', refused: 'token_invalid', address: '10.1.2.3' });
    await TestClient.refused(url, from({ origin: 'https://evil.example' }));
    expect(await entry('handshake')).toEqual({ action: 'handshake', refused: 'forbidden', address: '10.1.2.3' });
  });

  it('never contains a token or any part of a body', () => {
    expect(lines().length).toBeGreaterThan(5);
    for (const content of [token, secret, 'Confidential', 'Nobody else', 'A private matter', 'Closed on Friday']) {
      expect(written).not.toContain(content);
    }
  });
});
