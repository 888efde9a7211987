import { connect } from 'node:net';
import { connectMany } from '@galley/verification';
import { now, sleep, until } from '../load/clock.js';
import { apiOf, clientOptions, type Figure, type LoadContext } from '../load/context.js';
import { FeedPublisher } from '../load/publishers.js';

const CLIENTS = { full: 5_000, quick: 1_000 };
const CHANGES = 1_000;

/** All clients come back at once after 1,000 changes of 1,000 orders: how long until the last of them knows everything. */
export async function resume(context: LoadContext): Promise<Figure[]> {
  const clients = context.quick ? CLIENTS.quick : CLIENTS.full;
  const { seconds, valid } = await (context.system === 'ours' ? resumeByPosition : fetchAnew)(context, clients);
  return [{ name: 'resume', unit: 's until all have caught up', better: 'lower', valid, value: seconds }];
}

/** Each is sent what it missed. */
async function resumeByPosition(context: LoadContext, clients: number) {
  const feed = await FeedPublisher.connect(context.redisUrl, context.feedName);
  const publish = (revision: number) =>
    feed.publish(Array.from({ length: CHANGES }, (_, i) => ({ orderId: `order-${i}`, revision, dueAt: 0 })));
  const before = await connectMany(clients, () => clientOptions(context));
  await publish(2);
  const position = await feed.position();
  for (const client of before) client.destroy();
  await publish(3);
  await sleep(500);
  const heard = new Uint32Array(clients);
  const started = now();
  await connectMany(
    clients,
    (i) => ({ ...clientOptions(context, { position }), onEvent: () => void (heard[i] = (heard[i] ?? 0) + 1) }),
    clients,
  );
  // An update is two events.
  const complete = await until(() => heard.every((events) => events >= 2 * CHANGES), 60_000);
  const seconds = (now() - started) / 1_000_000;
  await sleep(200);
  return { seconds, valid: complete && heard.every((events) => events === 2 * CHANGES) };
}

/** Each fetches all orders. */
async function fetchAnew(context: LoadContext, clients: number) {
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
  const started = now();
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
  return { seconds: (now() - started) / 1_000_000, valid: whole === clients };
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
