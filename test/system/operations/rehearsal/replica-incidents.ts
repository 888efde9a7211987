import { type Socket } from 'node:net';
import { waitFor } from '@galley/testing';
import { readMetrics, sumOf } from '../../harness/prometheus-text.js';
import { expectStatus, repeatedly, see, type Incident } from './incident.js';
import { NARROW, openStreams, type Shop } from './shop.js';

const DAMAGED = { _id: 'damaged' as never };
const REFUSED_PER_100_MS = 6;
const NARROW_ONE = { instance: 'narrow' };

/** What can happen side by side, because each is about another replica, and costs the others little. */
export function replicaIncidents(shop: Shop): Incident[] {
  const [, second, third] = shop.gateways;
  const [firstApi, secondApi] = shop.apis;
  let streams: Socket[] = [];
  let stopRefused: () => void = () => undefined;
  return [
    {
      name: 'a gateway has as many clients as it takes',
      alerts: ['GalleyConnectionsNearLimit', 'GalleyDescriptorsNearLimit'],
      seen: [
        see('Clients by gateway, and the limit', '{{instance}}', `>= ${NARROW.clients}`, NARROW_ONE),
        see('Files and sockets of what is allowed', '{{instance}}', '> 0.8', NARROW_ONE),
      ],
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
      seen: [see('Heap in use of what is allowed', '{{instance}}', '> 0.85', { instance: 'small-heap' })],
      provoke: async () => {
        shop.smallHeap.program.kill('SIGUSR2');
        const isFull = async () => {
          const metrics = await readMetrics(shop.smallHeap.managementUrl);
          return sumOf(metrics, 'nodejs_heap_size_used_bytes') > 0.85 * sumOf(metrics, 'nodejs_heap_size_limit_bytes');
        };
        await waitFor(isFull, 'the heap to be full', 120_000);
      },
      end: async () => {
        shop.smallHeap.program.kill('SIGUSR2');
        await Promise.resolve();
      },
    },
    {
      name: 'a gateway ends',
      alerts: ['GalleyReplicaDown'],
      seen: [],
      provoke: async () => third?.kill(),
      end: async () => third?.start(),
    },
    {
      name: 'a rollout stops half-way',
      alerts: ['GalleyVersionsDiffer'],
      seen: [
        see('Builds', '{{service}} {{version}} {{revision}}', '== 1', { service: 'orders-api', revision: 'next' }),
      ],
      provoke: async () => secondApi?.restart({ GALLEY_REVISION: 'next' }),
      end: async () => secondApi?.restart({ GALLEY_REVISION: '' }),
    },
    {
      name: 'somebody asks all the time for what they may not have',
      alerts: ['GalleyRefusalsMany'],
      seen: [see('Refusals a second', '{{action}}: {{code}}', '> 20', { code: 'forbidden' })],
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
      seen: [see('Appends to the log that fail, and damaged documents', 'damaged documents', '> 0')],
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
