import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { RedisChangeFeed, type Change } from '@galley/change-feed';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { readArguments } from '@galley/runtime';
import { connectStalled } from '@galley/verification';
import { freePort } from './systems/processes.js';

const HELP = `npm run bench:stalled-reader: what one client that stops reading costs the gateway and the others

REDIS_URL: a Redis of your own instead of the embedded one
`;
readArguments({ help: HELP, options: {} });

/**
 * What one client that stands still costs: the memory of the gateway, and the latency of the others, before and with it.
 * `node bench/dist/stalled-reader.js`, with REDIS_URL for a Redis of your own.
 */
const CLIENTS = 10;
const RATE = 400;
const CHANGES = { before: 4_000, with: 20_000 };
const MESSAGE = 'x'.repeat(10_000);

const embedded = process.env.REDIS_URL === undefined ? await EmbeddedRedis.start() : undefined;
const redisUrl = process.env.REDIS_URL ?? embedded?.url ?? '';
const name = `stalled-${process.pid}`;
const port = await freePort();
const gateway = fork('apps/gateway/dist/main.js', {
  env: {
    ...process.env,
    AUTH: 'open',
    REDIS_URL: redisUrl,
    FEED_NAME: name,
    HOST: '127.0.0.1',
    PORT: String(port),
    MANAGEMENT_PORT: '0',
    LOG_LEVEL: 'warn',
  },
  stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
});
let cutAt = 0;
gateway.stdout?.on('data', (data: Buffer) => {
  if (data.includes('slow client')) cutAt ||= performance.now();
  process.stdout.write(data);
});
const url = `http://127.0.0.1:${port}`;
const feed = new RedisChangeFeed({ url: redisUrl, name, history: 1_000 });
await until(async () => (await fetch(`${url}/health/ready`)).ok);
await until(() => feed.head().then(() => true));

let latencies: number[] = [];
const sockets: Socket[] = [];
for (let i = 0; i < CLIENTS; i++) {
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  socket.on('orderCreated', ({ sentAt }: { sentAt: number }) => latencies.push(performance.now() - sentAt));
  await once(socket as unknown as NodeJS.EventEmitter, 'ready');
  sockets.push(socket);
}

let sent = 0;
const before = await phase(CHANGES.before);
const rssBefore = await rss();
const stalled = await connectStalled(url);
const stalledAt = performance.now();
const during = await phase(CHANGES.with);

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
process.stdout.write(
  `${CLIENTS} clients, ${RATE} changes/s of ${MESSAGE.length} bytes\n` +
    `before: ${before.changes} changes, delivered ${before.delivered} of ${before.expected}, p99 ${before.p99.toFixed(1)} ms\n` +
    `with one that stands still: ${during.changes} changes, delivered ${during.delivered} of ${during.expected}, ` +
    `p99 ${during.p99.toFixed(1)} ms\n` +
    `cut off ${cutAt === 0 ? 'never' : `${Math.round(cutAt - stalledAt)} ms after it stood still`}; ` +
    `the gateway grew by ${megabytes(during.peak - rssBefore)} at most (${megabytes(rssBefore)} before)\n`,
);
for (const socket of sockets) socket.disconnect();
stalled.destroy();
gateway.kill();
await feed.close();
await embedded?.stop();
process.exit(0);

async function phase(changes: number) {
  latencies = [];
  let peak = 0;
  const start = performance.now();
  for (let i = 0; i < changes; i++) {
    const due = start + (i * 1_000) / RATE;
    if (due > performance.now()) await delay(due - performance.now());
    void feed.append([aChange(++sent, due)]);
    if (i % 100 === 0) peak = Math.max(peak, await rss());
  }
  const expected = changes * CLIENTS;
  await until(() => Promise.resolve(latencies.length >= expected));
  latencies.sort((a, b) => a - b);
  return { changes, expected, delivered: latencies.length, p99: latencies[Math.floor(expected * 0.99)] ?? NaN, peak };
}

/** @param sentAt when it was to be sent, so that falling behind counts */
function aChange(number: number, sentAt: number): Change {
  const orderId = `order-${number}`;
  return {
    ...{ type: 'created', orderId, customerId: 'ana', revision: 1, timestamp: new Date().toISOString() },
    event: JSON.stringify({ orderId, sentAt, message: MESSAGE }),
    order: `{"orderId":"${orderId}"}`,
  };
}

async function rss(): Promise<number> {
  const status = await readFile(`/proc/${gateway.pid ?? 0}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await condition().catch(() => false)) return;
    await delay(50);
  }
}
