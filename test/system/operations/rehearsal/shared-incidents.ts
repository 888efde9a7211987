import { waitFor } from '@galley/testing';
import { readMetrics, sumOf } from '../../harness/prometheus-text.js';
import { expectStatus, repeatedly, see, type Incident } from './incident.js';
import { openStreams, type Shop } from './shop.js';

/** A long message of four bytes a character, so that few changes are many bytes. */
const LONG = '\u{1F5DE}'.repeat(400);

const STALLED_CLIENTS = 25;
const WRITTEN_AT_ONCE = 50;
const WRITTEN_SLOWLY = 8;
const UNPUBLISHED_MOST = 900;

/** Sends more than the sockets' buffers take to clients that read nothing, until all but one of them are cut off. */
async function stallClients({ orders, gateways: [gateway] }: Shop): Promise<void> {
  const placed = await Promise.all(Array.from({ length: WRITTEN_AT_ONCE }, () => orders.place({})));
  let quantity = 1;
  const write = async (count: number) => {
    quantity++;
    const change = { message: `${LONG} ${quantity}`, quantity };
    const answers = await Promise.all(placed.slice(0, count).map(({ body }) => orders.change(body.orderId, change)));
    for (const { status } of answers) expectStatus(status, 200);
  };
  const read = async (metric: string) => sumOf(await readMetrics(gateway?.managementUrl ?? ''), metric);
  await openStreams(gateway?.url ?? '', STALLED_CLIENTS, { reads: false });
  const areGone = async () => {
    await write(WRITTEN_AT_ONCE);
    return (await read('galley_slow_clients_cut_total')) >= STALLED_CLIENTS;
  };
  await waitFor(areGone, 'clients that take nothing to be cut off', 120_000);
  // The last one is left in between, where it can be seen.
  await openStreams(gateway?.url ?? '', 1, { reads: false });
  const isWaiting = async () => {
    await write(WRITTEN_SLOWLY);
    return (await read('galley_pending_bytes_max')) > 0;
  };
  await waitFor(isWaiting, 'bytes to wait for a client', 120_000);
}

/** What everybody feels, one after the other. */
export function sharedIncidents(shop: Shop): Incident[] {
  const { redis, pathToMongo, pathToRedis, orders } = shop;
  let stop: () => void = () => undefined;
  const gateway = shop.gateways[1];
  return [
    {
      name: 'clients take nothing',
      alerts: ['GalleySlowClients'],
      seen: [
        see('Bytes that wait for clients', 'slowest at {{instance}}', '> 0', { instance: 'gateway-1' }),
        see('Clients cut off because they took nothing, in five minutes', '{{instance}}', '> 1', {
          instance: 'gateway-1',
        }),
      ],
      provoke: () => stallClients(shop),
      end: () => Promise.resolve(),
    },
    {
      name: 'a gateway is held up',
      alerts: ['GalleyEventLoopSlow'],
      seen: [see('Event loop held up (99 of 100)', '{{instance}}', '> 0.25', { instance: 'gateway-2' })],
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
      seen: [see('From commit to the log, to gateways, to clients (99 of 100 changes)', 'written to clients', '> 1')],
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
      seen: [
        see('Live', '{{instance}}', '== 0', { instance: 'gateway-1' }),
        see('Changes that nobody hears of: age of the oldest', 'oldest unpublished', '> 5'),
        see('Operations that fail, a second', '{{db_system_name}} {{db_operation_name}}', '> 0', {
          db_system_name: 'redis',
        }),
      ],
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
      alerts: ['GalleyRequestsFailing', 'GalleyFeedNotLive', 'GalleyStoreFailing'],
      seen: [
        see('Requests that fail', '{{http_response_status_code}}', '> 0', { http_response_status_code: '503' }),
        see('Operations that fail, a second', '{{db_system_name}} {{db_operation_name}}', '> 0', {
          db_system_name: 'mongodb',
        }),
      ],
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
      seen: [
        see('Gaps, new epochs, clients told to fetch again', 'new epochs, seen by {{instance}}', '> 0'),
        see('Gaps, new epochs, clients told to fetch again', 'clients told by {{instance}}', '> 0'),
      ],
      provoke: async () => redis.call('FLUSHALL'),
      end: () => Promise.resolve(),
    },
  ];
}
