import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { RedisFeedReader } from '@galley/change-feed';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { OrdersClient, own, Program, TestClient, waitFor } from '@galley/testing';
import { startReplicas, type Replica } from '../harness/replicas.js';
import { TraceCollector, type CollectedSpan } from '../harness/trace-collector.js';

const secret = randomBytes(32).toString('hex');

let redisUrl: string;
let feed: RedisFeedReader;
let collector: TraceCollector;
let api: Replica;
let clients: TestClient[];
let orders: OrdersClient;

beforeAll(async () => {
  const redis = await EmbeddedRedis.start();
  own(() => redis.stop());
  redisUrl = redis.url;
  feed = new RedisFeedReader({ url: redisUrl, name: 'orders' });
  own(() => feed.close());
  collector = await TraceCollector.start();
  const env = {
    ...{ REDIS_URL: redisUrl, AUTH: 'required', AUTH_JWT_SECRET: secret, LOG_LEVEL: 'log', LOG_FORMAT: 'json' },
    ...{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20key' },
    ...{ OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test' },
  };
  const replicas = await startReplicas({ apis: 1, gateways: ['gateway-1', 'gateway-2'], env });
  [api] = replicas.apis as [Replica];
  const token = await mintToken({ secret, role: 'staff', sub: 'sue-who-is-nobody-elses-business', expiresIn: 600 });
  orders = new OrdersClient(api.url, token);
  clients = await Promise.all(replicas.gateways.map(({ url }) => TestClient.connect(url, { auth: { token } })));
}, 120_000);

const newTrace = () => ({ traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') });

/** The spans of a trace, once there are so many. */
async function spansOf(traceId: string, count: number): Promise<CollectedSpan[]> {
  const found = () => collector.spans.filter((span) => span.traceId === traceId);
  await waitFor(() => found().length >= count, `${count} spans of the trace`);
  return found();
}

/** What the log has of an order. */
const entriesOf = async (orderId: string) =>
  (await feed.readFrom(1, 1_000)).entries.filter((entry) => entry?.orderId === orderId);

describe('a traced request', () => {
  const { traceId, spanId } = newTrace();
  let spans: CollectedSpan[];

  beforeAll(async () => {
    const headers = { traceparent: `00-${traceId}-${spanId}-01`, 'x-request-id': 'request-7' };
    const order = { orderId: 'traced', customerId: 'ana-the-customer', title: 'A confidential report', quantity: 1 };
    expect((await orders.send('POST', '/orders?private=query', order, headers)).status).toBe(201);
    spans = await spansOf(traceId, 4);
  });

  const only = (name: string) => {
    const found = spans.find((span) => span.name === name);
    if (!found) throw new Error(`There is no span ${name}`);
    return found;
  };

  it('is one trace, from the request over the append to the write at each gateway', () => {
    const server = only('POST /orders');
    const append = only('append');
    const below = (parent: CollectedSpan | undefined, name: string, kind: number) =>
      expect.objectContaining({ name, kind, traceId, parentSpanId: parent?.spanId ?? spanId });
    expect(spans).toHaveLength(4);
    expect(spans).toEqual(
      expect.arrayContaining([
        below(undefined, 'POST /orders', 2),
        below(server, 'append', 4),
        below(append, 'deliver', 5),
      ]),
    );
    expect(spans.filter(({ name }) => name === 'deliver').map(({ parentSpanId }) => parentSpanId)).toEqual([
      append.spanId,
      append.spanId,
    ]);
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
      expect(BigInt(endTimeUnixNano) > BigInt(startTimeUnixNano)).toBe(true);
    }
  });

  it('says which process did what', () => {
    expect(only('POST /orders').attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/orders',
      'http.response.status_code': 201,
      'galley.request_id': 'request-7',
    });
    expect(only('append').attributes).toMatchObject({ 'galley.order_id': 'traced', 'galley.outcome': 'appended' });
    const deliveries = spans.filter(({ name }) => name === 'deliver');
    for (const { attributes } of deliveries) {
      expect(attributes).toMatchObject({ 'galley.order_id': 'traced', 'galley.deliveries': 1, 'galley.writes': 1 });
      expect(attributes['galley.bytes']).toBeGreaterThan(100);
    }
    expect(deliveries.map(({ resource }) => resource['service.instance.id']).sort()).toEqual([
      'gateway-1',
      'gateway-2',
    ]);
    expect(only('append').resource).toEqual({
      'service.namespace': 'galley',
      'service.name': 'orders-api',
      'service.instance.id': expect.any(String),
      'service.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
      'deployment.environment.name': 'test',
    });
    expect(collector.headers[0]).toMatchObject({ 'x-key': 'a key' });
  });

  it('has no token, no customer and nothing of the order in its spans', () => {
    for (const secretPart of ['eyJ', 'ana-the-customer', 'confidential', 'nobody-elses-business', 'private']) {
      expect(collector.received).not.toContain(secretPart);
    }
  });

  it('leaves its trace in the log of changes, but not in what clients get', async () => {
    const [entry] = await entriesOf('traced');
    expect(entry?.traceparent).toBe(`00-${traceId}-${only('append').spanId}-01`);
    for (const client of clients) await client.event('orderCreated');
    expect(JSON.stringify(clients.map(({ events }) => events))).not.toContain(traceId);
  });

  it('has its trace in the audit line', async () => {
    const line = await waitFor(
      () => api.output.split('\n').find((text) => text.includes('placeOrder') && text.includes('"traced"')),
      'the audit line',
    );
    expect(JSON.parse(line)).toMatchObject({ trace_id: traceId, span_id: only('POST /orders').spanId });
  });
});

describe('requests', () => {
  it('begin a trace of their own if they come with none, or with one that is not valid', async () => {
    for (const [i, headers] of [undefined, { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` }].entries()) {
      await orders.place({ orderId: `own-${i}` }, headers);
      const found = () =>
        collector.named('append').find(({ attributes }) => attributes['galley.order_id'] === `own-${i}`);
      const { traceId } = await waitFor(found, 'the append');
      const [server] = (await spansOf(traceId, 4)).filter(({ name }) => name === 'POST /orders');
      expect(server?.parentSpanId ?? '').toBe('');
    }
  });

  it('are not traced if their caller does not record them, and the log has nothing of it', async () => {
    const { traceId, spanId } = newTrace();
    await orders.place({ orderId: 'unrecorded' }, { traceparent: `00-${traceId}-${spanId}-00` });
    const [entry] = await waitFor(async () => {
      const entries = await entriesOf('unrecorded');
      return entries.length > 0 ? entries : undefined;
    }, 'the entry');
    expect(entry?.entry.split('\n')).toHaveLength(4);
    await orders.place({ orderId: 'after-it' });
    await waitFor(() => collector.received.includes('after-it'), 'a later trace');
    expect(collector.received).not.toContain(traceId);
  });

  it('of each other keep their traces apart, also where their changes are appended together', async () => {
    const traces = Array.from({ length: 20 }, newTrace);
    await Promise.all(
      traces.map(({ traceId, spanId }, i) =>
        orders.place({ orderId: `together-${i}` }, { traceparent: `00-${traceId}-${spanId}-01` }),
      ),
    );
    for (const [i, { traceId }] of traces.entries()) {
      const appended = (await spansOf(traceId, 4)).filter(({ name }) => name !== 'POST /orders');
      expect(appended.map(({ attributes }) => attributes['galley.order_id'])).toEqual(Array(3).fill(`together-${i}`));
    }
  });

  it('are refused in a trace, with the refusal in the log', async () => {
    const { traceId, spanId } = newTrace();
    const stranger = new OrdersClient(api.url);
    await stranger.place({}, { traceparent: `00-${traceId}-${spanId}-01` });
    const [span] = await spansOf(traceId, 1);
    expect(span?.attributes['http.response.status_code']).toBe(401);
    await waitFor(
      () => api.output.split('\n').some((line) => line.includes(traceId) && line.includes('refused')),
      'a line',
    );
  });

  it('of probes are not traced', async () => {
    await orders.send('GET', '/health/ready');
    expect(collector.spans.filter(({ name }) => name.includes('health'))).toEqual([]);
  });
});

describe('the collector', () => {
  it('may go away: requests are served as before, and each process says it once', async () => {
    const saying = (text: string) => api.output.split('\n').filter((line) => line.includes(text)).length;
    await collector.stop();
    for (let i = 0; i < 3; i++) {
      expect((await orders.place({ orderId: `meanwhile-${i}` })).status).toBe(201);
      await waitFor(() => saying('does not take spans') > 0, 'the line', 30_000);
    }
    await collector.listen();
    await orders.place({ orderId: 'afterwards' });
    await waitFor(() => saying('takes spans again') > 0, 'the line of its return', 30_000);
    expect([saying('does not take spans'), saying('takes spans again')]).toEqual([1, 1]);
  }, 90_000);
});

describe('without a collector', () => {
  it('nothing of the SDK is loaded, and the log has no trace', async () => {
    const env = {
      REDIS_URL: redisUrl,
      FEED_NAME: 'untraced',
      AUTH: 'open',
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_FORMAT: 'json',
    };
    const run = async (app: 'orders-api' | 'gateway', more: NodeJS.ProcessEnv) => {
      const program = Program.app(app, { ...env, ...more }, { preload: 'test/system/harness/print-sdk-modules.mjs' });
      await program.says('successfully started', 60_000);
      program.kill('SIGTERM');
      await program.exitCode();
      return Number(/(\d+) modules of the SDK/.exec(program.errors)?.[1]);
    };
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    expect(
      await Promise.all([
        run('orders-api', {}),
        run('gateway', { GATEWAY_NAME: 'gateway-3' }),
        run('orders-api', { ...endpoint, OTEL_SDK_DISABLED: 'true' }),
      ]),
    ).toEqual([0, 0, 0]);
    // So the count counts something.
    expect(await run('orders-api', endpoint)).toBeGreaterThan(20);
  }, 120_000);
});
