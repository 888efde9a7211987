import { connect } from 'node:net';
import { type Redis } from 'ioredis';
import { connectCommands, connected } from '@galley/redis';
import { connectMany } from '@galley/verification';
import { sleep, until } from '../load/clock.js';
import { apiOf, clientOptions, type Figure, type LoadContext } from '../load/context.js';
import { FeedPublisher } from '../load/publishers.js';
import { measureUsage } from '../load/usage.js';
import { startPart } from '../systems/systems.js';

const CLIENTS = { full: 5_000, quick: 1_000 };
const CHANGES = 1_000;

const clientsOf = ({ quick }: LoadContext) => (quick ? CLIENTS.quick : CLIENTS.full);

const UNIT = { unit: 's until all have caught up', better: 'lower' } as const;

/** All clients come back at once after 1,000 changes of 1,000 orders: how long until the last of them knows everything. */
export async function resume(context: LoadContext): Promise<Figure[]> {
  const { usage, valid } = await (context.system === 'ours' ? resumeByPosition : fetchAnew)(context);
  return [{ name: 'resume', ...UNIT, valid, value: usage.seconds, usage }];
}

/** The same on a gateway that has just started, as after the crash of another. It also counts the reads of the log. */
export async function resumeCold(context: LoadContext): Promise<Figure[]> {
  if (context.system !== 'ours') {
    const { usage, valid } = await fetchAnew(context);
    return [{ name: 'resume-cold', ...UNIT, valid, value: usage.seconds, usage }];
  }
  const position = await publishMissed(await FeedPublisher.connect(context.redis.url, context.feedName));
  const redis = connectCommands(context.redis.url, 'reads of the log');
  await connected(redis);
  const readsBefore = await readsOfTheLog(redis);
  const gateway = await startPart(context, 'gateway', { isAlone: true });
  try {
    const { usage, valid } = await comeBack(context, position);
    const reads = (await readsOfTheLog(redis)) - readsBefore;
    const detail = `the log was read ${reads} times`;
    return [{ name: 'resume-cold', ...UNIT, valid, value: usage.seconds, detail, usage }];
  } finally {
    await gateway.stop();
  }
}

/** Each is sent what it missed. */
async function resumeByPosition(context: LoadContext) {
  const before = await connectMany(clientsOf(context), () => clientOptions(context));
  const position = await publishMissed(await FeedPublisher.connect(context.redis.url, context.feedName), () => {
    for (const client of before) client.destroy();
  });
  await sleep(500);
  return comeBack(context, position);
}

/**
 * Changes all orders twice.
 * @param leave called between the two
 * @returns the position between the two
 */
async function publishMissed(feed: FeedPublisher, leave?: () => void): Promise<string | undefined> {
  const publish = (revision: number) =>
    feed.publish(Array.from({ length: CHANGES }, (_, i) => ({ orderId: `order-${i}`, revision, dueAt: 0 })));
  await publish(2);
  const position = await feed.position();
  leave?.();
  await publish(3);
  return position;
}

async function comeBack(context: LoadContext, position: string | undefined) {
  const clients = clientsOf(context);
  const heard = new Uint32Array(clients);
  const measured = measureUsage(context);
  await connectMany(
    clients,
    (i) => ({ ...clientOptions(context, { position }), onEvent: () => void (heard[i] = (heard[i] ?? 0) + 1) }),
    clients,
  );
  // An update is two events.
  const complete = await until(() => heard.every((events) => events >= 2 * CHANGES), 60_000);
  const usage = measured();
  await sleep(200);
  return { usage, valid: complete && heard.every((events) => events === 2 * CHANGES) };
}

async function readsOfTheLog(redis: Redis): Promise<number> {
  const [, calls = '0'] = /^cmdstat_xrange:calls=(\d+)/m.exec(await redis.info('commandstats')) ?? [];
  return Number(calls);
}

/** Each fetches all orders. */
async function fetchAnew(context: LoadContext) {
  const clients = clientsOf(context);
  const { url } = apiOf(context);
  for (let i = 0; i < CHANGES; i++) {
    const order = { orderId: `order-${i}`, customerId: 'ana', title: 'Annual report 2026', quantity: 500 };
    await fetch(`${url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(order),
    });
  }
  const size = (await (await fetch(`${url}/orders`)).arrayBuffer()).byteLength;
  const before = await connectMany(clients, () => clientOptions(context));
  for (const client of before) client.destroy();
  await sleep(500);
  let whole = 0;
  const measured = measureUsage(context);
  const fetched: Promise<void>[] = [];
  await connectMany(
    clients,
    () => clientOptions(context),
    clients,
    () => {
      fetched.push(
        get(`${url}/orders`).then((bytes) => {
          if (bytes >= size) whole++;
        }),
      );
    },
  );
  await Promise.all(fetched);
  return { usage: measured(), valid: whole === clients };
}

/** @returns how many bytes the answer has. */
function get(url: string): Promise<number> {
  const { hostname, port, host, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('data', (data) => (bytes += data.length));
    socket.on('end', () => {
      resolve(bytes);
    });
    socket.on('error', reject);
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
}
