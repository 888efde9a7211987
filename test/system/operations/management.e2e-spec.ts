import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { exchange, OrdersClient, own, Program, TestClient, waitFor } from '@galley/testing';
import { parseMetrics, readMetrics, sumOf } from '../harness/prometheus-text.js';
import { startReplicas, type Replica } from '../harness/replicas.js';

const SECRET = 'a-secret-that-nobody-may-read-0123456789';

let redisUrl: string;
let api: Replica;
let gateway: Replica;
let orders: OrdersClient;

beforeAll(async () => {
  const redis = await EmbeddedRedis.start();
  own(() => redis.stop());
  redisUrl = redis.url;
  const env = { REDIS_URL: redisUrl, AUTH_JWT_SECRET: SECRET, LOG_LEVEL: 'fatal' };
  const replicas = await startReplicas({ apis: 1, gateways: ['gateway-1'], env });
  [api, gateway] = [replicas.apis[0], replicas.gateways[0]] as [Replica, Replica];
  orders = new OrdersClient(api.url);
});

const get = async (url: string, init?: RequestInit) => {
  const answer = await fetch(url, init);
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

const both = (): [string, Replica][] => [
  ['orders-api', api],
  ['gateway', gateway],
];

describe('the management port', () => {
  it('has metrics, health, the version and a page; the public port has no metrics', async () => {
    for (const [service, { url, managementUrl }] of both()) {
      expect(await get(`${managementUrl}/version`).then(({ text }) => JSON.parse(text) as object)).toEqual({
        ...{ service, instance: expect.any(String), version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
        node: process.versions.node,
      });
      expect((await get(`${managementUrl}/health/live`)).text).toContain('"ok"');
      expect(await get(`${managementUrl}/health/ready`)).toMatchObject({
        status: 200,
        text: expect.stringContaining('feed'),
      });
      const metrics = await get(`${managementUrl}/metrics`);
      expect(metrics.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(sumOf(parseMetrics(metrics.text), 'galley_build_info', { service })).toBe(1);
      for (const path of ['/metrics', '/version']) expect((await get(url + path)).status).toBe(404);
    }
  });

  it('only reads: it refuses other methods, and knows no other path', async () => {
    const { managementUrl } = gateway;
    const posted = await get(`${managementUrl}/metrics`, { method: 'POST', body: 'x' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await get(`${managementUrl}/debug`)).status).toBe(404);
    const head = await get(`${managementUrl}/metrics`, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it.each([
    ['a name that a foreign page may have made mean this machine', { host: 'evil.example' }, 403],
    ['a page of another origin', { origin: 'https://evil.example' }, 403],
    ['a part of a page of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    ['a link on a page of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 200],
    ['a name of the cluster', { host: 'gateway:9465' }, 200],
    ['an address', { host: '10.1.2.3:9465' }, 200],
  ])('answers or refuses what comes for %s', async (_who, headers, status) => {
    const lines = Object.entries({ host: 'localhost', connection: 'close', ...headers });
    const text = `GET / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
    expect(await exchange(gateway.managementUrl, Buffer.from(text))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('ends the start with one sentence if its port is taken', async () => {
    const port = new URL(gateway.managementUrl).port;
    const env = { AUTH: 'open', REDIS_URL: redisUrl, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'fatal' };
    const taken = Program.app('gateway', { ...env, MANAGEMENT_PORT: port });
    expect(await taken.exitCode()).toBe(1);
    expect(taken.errors).toBe(`Port ${port} is taken: stop what uses it, or choose another one with MANAGEMENT_PORT\n`);
  });
});

describe('the page about a process', () => {
  it('says who is connected, who is slow, how the feed is, and what was refused; it has no secret', async () => {
    const client = await TestClient.connect(gateway.url);
    await TestClient.refused(gateway.url, { extraHeaders: { origin: 'https://evil.example' } });
    const { text, headers } = await get(gateway.managementUrl);
    for (const said of ['gateway-1', 'Feed', 'Connections: 1 of', 'Slowest clients', 'handshake', 'forbidden']) {
      expect(text).toContain(said);
    }
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(text + (await get(api.managementUrl)).text).not.toContain(SECRET);
    client.close();
    const connected = async () => sumOf(await readMetrics(gateway.managementUrl), 'galley_connections');
    await waitFor(async () => (await connected()) === 0, 'the client to be gone');
  });
});

describe('the metrics', () => {
  it('are those of docs/METRICS.md, with their types and meanings', async () => {
    const rows = (text: string) =>
      [...text.matchAll(/^# HELP ((?:galley|http|db)_\w+) (.*)\n# TYPE \S+ (\w+)/gm)].map(
        ([, name, meaning, type]) => `${name} ${type} ${meaning}`,
      );
    const served = await Promise.all(both().map(([, { managementUrl }]) => get(`${managementUrl}/metrics`)));
    const documented = [
      ...readFileSync('docs/METRICS.md', 'utf8').matchAll(/^\| `(\w+)` +\| (\w+) +\| (.*?) +\|$/gm),
    ].map(([, name, type, meaning]) => `${name} ${type} ${meaning}`);
    expect(documented.toSorted()).toEqual([...new Set(served.flatMap(({ text }) => rows(text)))].toSorted());
  });

  it('count what was placed, published, delivered and written, no more and no less', async () => {
    const before = await readMetrics(gateway.managementUrl);
    const clients = await Promise.all(Array.from({ length: 5 }, () => TestClient.connect(gateway.url)));
    for (let i = 0; i < 20; i++) expect((await orders.place({ customerId: `customer-${i}` })).status).toBe(201);
    await waitFor(() => clients.every(({ events }) => events.length === 20), 'all events');
    const after = await readMetrics(gateway.managementUrl);
    const grown = (name: string, labels = {}) => sumOf(after, name, labels) - sumOf(before, name, labels);
    expect({
      changes: grown('galley_changes_total'),
      deliveries: grown('galley_deliveries_total'),
      arrived: grown('galley_change_arrived_seconds_count'),
      written: grown('galley_change_written_seconds_count'),
      connects: grown('galley_connects_total', { result: 'new' }),
      connected: sumOf(after, 'galley_connections', { role: 'anonymous' }),
      behind: sumOf(after, 'galley_feed_behind_changes'),
      gaps: sumOf(after, 'galley_feed_gaps_total'),
      live: sumOf(after, 'galley_feed_live'),
    }).toEqual({
      ...{ changes: 20, deliveries: 100, arrived: 20, written: 20, connects: 5, connected: 5 },
      ...{ behind: 0, gaps: 0, live: 1 },
    });
    expect(grown('galley_sent_bytes_total')).toBeGreaterThan(100 * 100);
    const published = await readMetrics(api.managementUrl);
    expect(sumOf(published, 'galley_appended_changes_total', { outcome: 'appended' })).toBe(20);
    expect(sumOf(published, 'galley_change_appended_seconds_count')).toBe(20);
    const posts = { http_request_method: 'POST', http_route: '/orders', http_response_status_code: '201' };
    expect(sumOf(published, 'http_server_request_duration_seconds_count', posts)).toBe(20);
    for (const client of clients) client.close();
    const left = async () => sumOf(await readMetrics(gateway.managementUrl), 'galley_disconnects_total');
    await waitFor(async () => (await left()) >= 5, 'the departures to be counted');
  });

  it('have as many series after other customers, orders, addresses, routes and methods as before', async () => {
    const strange = async (round: string) => {
      await orders.place({ orderId: `order-${round}`, customerId: `customer-${round}` });
      await orders.change(`order-${round}`, { message: round });
      await orders.get(`none-${round}`);
      for (const method of ['GET', 'PURGE', 'PROPFIND']) await get(`${api.url}/${round}/${round}`, { method });
      await TestClient.refused(gateway.url, { auth: { rooms: [{ orderId: `${round} ` }] } });
      const client = await TestClient.connect(gateway.url, { auth: { rooms: [{ orderId: `order-${round}` }] } });
      client.close();
    };
    await strange('first');
    const seriesOf = async () =>
      (await Promise.all([api, gateway].map(({ managementUrl }) => readMetrics(managementUrl))))
        .flat()
        .filter(({ name }) => /^(galley|http|db)_/.test(name)).length;
    const before = await seriesOf();
    for (const round of ['second', 'third', 'fourth']) await strange(round);
    // One more at most: a client that has left may be counted meanwhile for the first time.
    expect((await seriesOf()) - before).toBeLessThanOrEqual(1);
  });
});
