import { type Socket } from 'node:net';
import { waitFor } from '@galley/testing';
import { readMetrics, sumOf } from '../../harness/prometheus-text.js';
import { NARROW, openStreams, type Shop } from './shop.js';

/** Something that goes wrong in a shop. */
export interface Incident {
  name: string;
  /** The alerts that it must raise, all of them. */
  alerts: readonly string[];
  provoke: () => Promise<unknown>;
  end: () => Promise<unknown>;
}

/** A long message of four bytes a character, so that few changes are many bytes. */
const LONG = '\u{1F5DE}'.repeat(400);

const STALLED_CLIENTS = 25;
const WRITTEN_AT_ONCE = 50;
const DAMAGED = { _id: 'damaged' as never };
const REFUSED_PER_100_MS = 6;
const UNPUBLISHED_MOST = 900;

/** Repeats something until it is told to stop. */
function repeatedly(act: () => unknown, everyMs: number): () => void {
  const timer = setInterval(() => void act(), everyMs);
  return () => {
    clearInterval(timer);
  };
}

/** What can happen side by side, because each is about another replica, and costs the others little. */
export function incidentsOfReplicas(shop: Shop): Incident[] {
  const [, second, third] = shop.gateways;
  const [firstApi, secondApi] = shop.apis;
  let streams: Socket[] = [];
  let stopRefused: () => void = () => undefined;
  return [
    {
      name: 'a gateway has as many clients as it takes',
      alerts: ['GalleyConnectionsNearLimit', 'GalleyDescriptorsNearLimit'],
      provoke: async () => {
        streams = await openStreams(shop.narrow.url, NARROW.clients, { reads: true });
      },
      end: async () => {
        for (const socket of streams) socket.destroy();
        await Promise.resolve();
      },
    },
    {
      name: 'the heap of a gateway is nearly full',
      alerts: ['GalleyMemoryNearLimit'],
      provoke: async () => {
        shop.smallHeap.program.kill('SIGUSR2');
        await Promise.resolve();
      },
      end: async () => {
        shop.smallHeap.program.kill('SIGUSR2');
        await Promise.resolve();
      },
    },
    {
      name: 'a gateway ends',
      alerts: ['GalleyReplicaDown'],
      provoke: async () => third?.kill(),
      end: async () => third?.start(),
    },
    {
      name: 'a rollout stops half-way',
      alerts: ['GalleyVersionsDiffer'],
      provoke: async () => secondApi?.restart({ GALLEY_REVISION: 'next' }),
      end: async () => secondApi?.restart({ GALLEY_REVISION: '' }),
    },
    {
      name: 'somebody asks all the time for what they may not have',
      alerts: ['GalleyRefusalsMany'],
      provoke: async () => {
        const ask = () => fetch(`${second?.url}/changes`, { headers: { origin: 'https://evil.example' } });
        stopRefused = repeatedly(() => Promise.all(Array.from({ length: REFUSED_PER_100_MS }, ask)), 100);
        await Promise.resolve();
      },
      end: async () => {
        stopRefused();
        await Promise.resolve();
      },
    },
    {
      name: 'a document is damaged',
      alerts: ['GalleyDocumentsDamaged'],
      provoke: async () => {
        await shop.orders.place({ orderId: 'damaged' });
        await shop.database.collection('orders').updateOne(DAMAGED, { $set: { customerId: 7 } });
        expectStatus((await shop.orders.get('damaged')).status, 404);
      },
      end: async () => {
        await shop.database.collection('orders').deleteOne(DAMAGED);
        await firstApi?.restart();
      },
    },
  ];
}

function expectStatus(status: number, expected: number): void {
  if (status !== expected) throw new Error(`The answer is ${status}, not ${expected}`);
}

/** Sends more than the sockets' buffers take to clients that read nothing, until all of them are cut off. */
async function stallClients({ orders, gateways: [gateway] }: Shop): Promise<void> {
  await openStreams(gateway?.url ?? '', STALLED_CLIENTS, { reads: false });
  const placed = await Promise.all(Array.from({ length: WRITTEN_AT_ONCE }, () => orders.place({})));
  let quantity = 1;
  const areGone = async () => {
    quantity++;
    const change = { message: `${LONG} ${quantity}`, quantity };
    const answers = await Promise.all(placed.map(({ body }) => orders.change(body.orderId, change)));
    for (const { status } of answers) expectStatus(status, 200);
    const cut = sumOf(await readMetrics(gateway?.managementUrl ?? ''), 'galley_slow_clients_cut_total');
    return cut >= STALLED_CLIENTS;
  };
  await waitFor(areGone, 'clients that take nothing to be cut off', 120_000);
}

/** What everybody feels, one after the other. */
export function incidentsOfAll(shop: Shop): Incident[] {
  const { redis, pathToMongo, pathToRedis, orders } = shop;
  let stop: () => void = () => undefined;
  const gateway = shop.gateways[1];
  return [
    {
      name: 'clients take nothing',
      alerts: ['GalleySlowClients'],
      provoke: () => stallClients(shop),
      end: () => Promise.resolve(),
    },
    {
      name: 'a gateway is held up',
      alerts: ['GalleyEventLoopSlow'],
      provoke: async () => {
        stop = repeatedly(() => {
          gateway?.signal('SIGSTOP');
          setTimeout(() => gateway?.signal('SIGCONT'), 700);
        }, 1_100);
        await Promise.resolve();
      },
      end: async () => {
        stop();
        await new Promise((resolve) => setTimeout(resolve, 1_100));
        gateway?.signal('SIGCONT');
      },
    },
    {
      name: 'the way to Redis is slow',
      alerts: ['GalleyDeliverySlow'],
      provoke: async () => {
        pathToRedis.delay(700, 100, 'toServer', 'toClient');
        await Promise.resolve();
      },
      end: async () => {
        pathToRedis.heal();
        await Promise.resolve();
      },
    },
    {
      name: "Redis' disk is full",
      alerts: ['GalleyChangesUnpublished', 'GalleyFeedNotLive', 'GalleyStoreFailing', 'GalleyRequestsFailing'],
      provoke: async () => {
        await redis.call('CONFIG', 'SET', 'dir', '/proc', 'save', '3600 1000000');
        await redis.call('BGSAVE');
        await waitFor(async () => (await redis.info()).rdb_last_bgsave_status === 'err', 'a snapshot to fail');
        const { body } = await orders.place({});
        const change = (quantity: number) => orders.change(body.orderId, { quantity });
        // One after the other: changes of one order at once would have to decide again and again.
        for (let i = 0; i < UNPUBLISHED_MOST; i++) await change((i % 900) + 2);
        stop = repeatedly(() => change(Math.ceil(Math.random() * 1_000)).catch(() => undefined), 50);
      },
      end: async () => {
        stop();
        await redis.call('CONFIG', 'SET', 'save', '');
      },
    },
    {
      name: 'MongoDB is away',
      alerts: ['GalleyRequestsFailing', 'GalleyFeedNotLive'],
      provoke: async () => {
        pathToMongo.resetAtAccept();
        await Promise.resolve();
      },
      end: async () => {
        pathToMongo.heal();
        await Promise.resolve();
      },
    },
    {
      name: 'Redis has lost its data',
      alerts: ['GalleyChangesLost'],
      provoke: async () => redis.call('FLUSHALL'),
      end: () => Promise.resolve(),
    },
  ];
}
