import { connect } from 'node:net';
import { type Redis } from 'ioredis';
import { connectCommands, connected } from '@galley/redis';
import { connectClients } from '../load/clients.js';
import { sleep, until } from '../load/clock.js';
import { CentrifugoPublisher } from '../load/centrifugo-publisher.js';
import { apiOf, gatewayOf, type Figure, type LoadContext } from '../load/context.js';
import { FeedPublisher, type BenchChange } from '../load/publishers.js';
import { untilIdle } from '../load/process-usage.js';
import { measureUsage } from '../load/usage.js';
import { startPart } from '../systems/systems.js';

const CLIENTS = { full: 5_000, quick: 1_000 };
const CHANGES = 1_000;

/** Ours sends the order and its message each as an event. A publication of Centrifugo has both. */
const EVENTS_OF_UPDATE = 2;

/** What keeps changes for clients that come back. */
interface Log {
  publishForAll(changes: readonly BenchChange[]): Promise<unknown>;
  /** Where it stands now. */
  position(): Promise<string | undefined>;
}

const connectLog = async (context: LoadContext): Promise<Log> =>
  context.system === 'centrifugo'
    ? new CentrifugoPublisher(apiOf(context).url)
    : FeedPublisher.connect(context.redis.url, context.feedName);

const clientsOf = ({ quick }: LoadContext) => (quick ? CLIENTS.quick : CLIENTS.full);

const UNIT = { unit: 's until all have caught up', better: 'lower' } as const;

/** All clients come back at once after 1,000 changes of 1,000 orders: how long until the last of them knows everything. */
export async function resume(context: LoadContext): Promise<Figure[]> {
  const { usage, valid } = await (context.system === 'stock' ? fetchAnew : resumeByPosition)(context);
  return [{ name: 'resume', ...UNIT, valid, value: usage.seconds, usage }];
}

/** The same on a gateway that has just started, as after the crash of another. It also counts the reads of the log. */
export async function resumeCold(context: LoadContext): Promise<Figure[]> {
  if (context.system === 'stock') {
    const { usage, valid } = await fetchAnew(context);
    return [{ name: 'resume-cold', ...UNIT, valid, value: usage.seconds, usage }];
  }
  const position = await publishMissed(await connectLog(context));
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
  const position = await publishMissed(await connectLog(context), async () => {
    const before = await connectClients(context, clientsOf(context), () => ({}));
    for (const client of before) client.destroy();
    await untilIdle(gatewayOf(context).pid);
  });
  await untilIdle(gatewayOf(context).pid);
  return comeBack(context, position);
}

/**
 * Changes all orders twice.
 * @param between called between the two
 * @returns the position between the two
 */
async function publishMissed(log: Log, between?: () => Promise<void>): Promise<string | undefined> {
  const publish = (revision: number) =>
    log.publishForAll(Array.from({ length: CHANGES }, (_, i) => ({ orderId: `order-${i}`, revision, dueAt: 0 })));
  await publish(2);
  const position = await log.position();
  await between?.();
  await publish(3);
  return position;
}

async function comeBack(context: LoadContext, position: string | undefined) {
  const clients = clientsOf(context);
  const heard = new Uint32Array(clients);
  const measured = measureUsage(context);
  await connectClients(
    context,
    clients,
    (i) => ({ position, onEvent: () => void (heard[i] = (heard[i] ?? 0) + 1) }),
    clients,
  );
  const expected = CHANGES * (context.system === 'ours' ? EVENTS_OF_UPDATE : 1);
  const complete = await until(() => heard.every((events) => events >= expected), 60_000);
  const usage = measured();
  await sleep(200);
  return { usage, valid: complete && heard.every((events) => events === expected) };
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
  const before = await connectClients(context, clients, () => ({}));
  for (const client of before) client.destroy();
  await untilIdle(gatewayOf(context).pid);
  let whole = 0;
  const measured = measureUsage(context);
  const fetched: Promise<void>[] = [];
  await connectClients(
    context,
    clients,
    () => ({}),
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
