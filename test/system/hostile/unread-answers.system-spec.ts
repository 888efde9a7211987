import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { freePort, OrdersClient, Program, Stopwatch, waitFor } from '@galley/testing';

const CONNECTIONS = 40;
const PIPELINED = 12;
const CHANGES = 880;
const MEGABYTE = 1024 * 1024;

let redis: EmbeddedRedis;
let api: Program;
let orders: OrdersClient;

/** How much memory the API has in use, in bytes. */
function memoryOf({ pid }: Program): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

beforeAll(async () => {
  redis = await EmbeddedRedis.start();
  const port = await freePort();
  const env = { AUTH: 'open', HOST: '127.0.0.1', PORT: String(port), REDIS_URL: redis.url, LOG_LEVEL: 'fatal' };
  api = Program.app('orders-api', { ...env, RATE_LIMIT_BURST: '1000000', STRANGER_REQUESTS_BURST: '1000000' });
  orders = new OrdersClient(`http://127.0.0.1:${port}`);
  await waitFor(async () => (await orders.send('GET', '/health/ready')).status === 200, 'the API to be ready');
}, 60_000);
afterAll(async () => {
  api.kill('SIGKILL');
  await redis.stop();
});

it('answers that nobody reads delay no health check, stay small and end their connections', async () => {
  await orders.place({ orderId: 'long' });
  for (let i = 0; i < CHANGES; i++) await orders.change('long', { message: 'x'.repeat(1_000) });
  for (let i = 0; i < 20; i++) await orders.history('long');
  const before = memoryOf(api);
  const { hostname, port } = new URL(orders.url);
  const request = 'GET /orders/long/history HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(PIPELINED);
  const sockets = Array.from({ length: CONNECTIONS }, () => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined).pause();
    socket.write(request);
    return socket;
  });
  const watch = new Stopwatch();
  const delays: number[] = [];
  let mostBytes = 0;
  const isCut = async () => {
    const asked = watch.ms;
    await orders.send('GET', '/health/live');
    delays.push(watch.ms - asked);
    mostBytes = Math.max(mostBytes, memoryOf(api));
    const { port: localPort } = new URL(orders.url);
    return connectionsTo(Number(localPort)) <= 2;
  };
  await waitFor(isCut, 'all connections to be cut', 30_000);
  for (const socket of sockets) socket.destroy();
  expect(Math.max(...delays)).toBeLessThan(1_000);
  expect((mostBytes - before) / MEGABYTE).toBeLessThan(50);
}, 120_000);

/** How many connections the server side of a port has established, as the system sees it. */
function connectionsTo(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n');
  return lines.filter((line) => new RegExp(`^ *\\d+: \\w+:${hex} \\w+:\\w+ 01 `).test(line)).length;
}
