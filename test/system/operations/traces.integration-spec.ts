import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OrdersClient, startMongo, startRedis, waitFor, type BackingService } from '@galley/testing';
import { databaseOf, startReplicas } from '../harness/replicas.js';
import { TraceCollector } from '../harness/trace-collector.js';

describe('a traced request', () => {
  const services: BackingService[] = [];
  let collector: TraceCollector;
  let orders: OrdersClient;
  let stop: () => Promise<unknown>;

  beforeAll(async () => {
    const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
    services.push(mongo, redis);
    collector = await TraceCollector.start();
    const env = {
      ...{ REDIS_URL: redis.url, MONGODB_URI: databaseOf(mongo.url, 'traces'), FEED_NAME: `traces-${process.pid}` },
      ...{ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '100' },
    };
    const replicas = await startReplicas({ apis: 1, gateways: [], env });
    ({ stop } = replicas);
    orders = new OrdersClient(replicas.apis[0]?.url ?? '');
  }, 180_000);
  afterAll(async () => {
    await stop();
    await Promise.all(services.map((service) => service.stop()));
  }, 60_000);

  it('has the commands that MongoDB was sent for it, and none of another request or of the publisher', async () => {
    const traces = Array.from({ length: 10 }, () => randomBytes(16).toString('hex'));
    const traceparentOf = (traceId: string) => `00-${traceId}-00f067aa0ba902b7-01`;
    const send = async (traceId: string, i: number) => {
      await orders.place({ orderId: `job-${i}` });
      await orders.change(`job-${i}`, { message: 'A private matter' }, { traceparent: traceparentOf(traceId) });
    };
    await Promise.all(traces.map(send));
    const spansOf = (traceId: string) => collector.spans.filter((span) => span.traceId === traceId);
    await waitFor(
      () => traces.every((traceId) => spansOf(traceId).some(({ name }) => name === 'append')),
      'the appends',
    );
    await waitFor(() => traces.every((traceId) => spansOf(traceId).length >= 4), 'the other spans');
    for (const traceId of traces) {
      const spans = spansOf(traceId);
      const server = spans.find(({ name }) => name === 'PATCH /orders/:orderId');
      const commands = spans.filter(({ attributes }) => attributes['db.system.name'] === 'mongodb');
      expect(commands.map(({ attributes }) => attributes['db.operation.name'])).toEqual(
        expect.arrayContaining(['find', expect.stringMatching(/update|findAndModify/)]),
      );
      expect(commands.length).toBe(spans.length - 2);
      for (const command of commands) {
        expect(command).toMatchObject({ kind: 3, parentSpanId: server?.spanId });
        expect(command.attributes['db.collection.name']).toBe('orders');
        expect(BigInt(command.startTimeUnixNano) >= BigInt(server?.startTimeUnixNano ?? 0)).toBe(true);
      }
    }
    expect(collector.received).not.toContain('private');
  });
});
