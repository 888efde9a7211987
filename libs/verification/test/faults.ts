import { type LogRecord, type Run } from '../src/checker/run.js';
import { alter, atPlaces, epochOf, insert, isPair, nextOf, recordsOf, spliced } from './altered-runs.js';
import { ENDING_FAULTS } from './ending-faults.js';
import { type Fault } from './fault.js';
import { isMissed, placesOf } from './places.js';

export const FAULTS: Fault[] = [
  ...ENDING_FAULTS,
  {
    name: 'a change is not delivered',
    kind: 'lost',
    sites: (run) =>
      atPlaces(
        run,
        (place) => isMissed(place, run),
        ({ log, from, to }) => spliced(run, log, from, to - from),
      ),
  },
  {
    name: 'the very last change is not delivered',
    kind: 'lost',
    sites: (run) =>
      atPlaces(
        run,
        (place) => place === place.segment.places.at(-1) && isMissed(place, run),
        ({ log, from, to }) => spliced(run, log, from, to - from),
      ),
  },
  {
    name: 'one event of an update is not delivered',
    kind: 'lost',
    sites: (run) =>
      [0, 1].flatMap((half) => atPlaces(run, isPair, ({ log, from }) => spliced(run, log, from + half, 1))),
  },
  {
    name: 'a client is not told of a new epoch',
    kind: 'lost',
    sites: (run) =>
      placesOf(run).flatMap((place, i, places) => {
        const before = places[i - 1];
        const { log, segment } = place;
        const follows = before?.log === log && before.segment.to === segment.from && epochOf(before) !== epochOf(place);
        const isReady = log.records[segment.from]?.kind === 'ready';
        const untold: LogRecord[] = isReady ? [{ kind: 'ready', recovered: true, replayed: 0 }] : [];
        return follows ? [() => spliced(run, log, segment.from, 1, ...untold)] : [];
      }),
  },
  {
    name: 'an event is delivered again at once',
    kind: 'repeated',
    sites: (run) =>
      atPlaces(
        run,
        () => true,
        (place) => spliced(run, place.log, place.to, 0, place.record),
      ),
  },
  {
    name: 'a change is delivered again later in the segment',
    kind: 'repeated',
    sites: (run) =>
      atPlaces(
        run,
        (place) => place !== place.segment.places.at(-1),
        (place) => spliced(run, place.log, place.segment.places.at(-1)?.to ?? 0, 0, ...recordsOf(place)),
      ),
  },
  {
    name: 'a change is in the feed twice',
    kind: 'repeated',
    sites: (run) =>
      atPlaces(
        run,
        () => true,
        (place) => insert(run, place, {}),
      ),
  },
  {
    name: 'two changes are swapped',
    kind: 'reordered',
    sites: (run) =>
      atPlaces(
        run,
        (place) => nextOf(place) !== undefined,
        (place) => {
          const next = place.segment.places[place.segment.places.indexOf(place) + 1];
          const count = next ? next.to - place.from : 0;
          return spliced(run, place.log, place.from, count, ...(next ? recordsOf(next) : []), ...recordsOf(place));
        },
      ),
  },
  {
    name: 'two events are swapped',
    kind: 'reordered',
    sites: (run) =>
      atPlaces(run, isPair, (place) => spliced(run, place.log, place.from, 2, ...recordsOf(place).reverse())),
  },
  {
    name: 'two clients get different orders at one position',
    kind: 'reordered',
    sites: (run) =>
      atPlaces(
        run,
        ({ log, record }) =>
          run.clients.some(
            (other) =>
              other !== log &&
              other.records.some((e) => 'position' in e && e.kind === 'change' && e.position === record.position),
          ),
        (place) => alter(run, place, { orderId: 'another' }),
      ),
  },
  {
    name: 'a revision was never written',
    kind: 'invented',
    sites: (run) =>
      atPlaces(
        run,
        () => true,
        (place) => alter(run, place, { revision: 1_000 }),
      ),
  },
  {
    name: 'an order was never written',
    kind: 'invented',
    sites: (run) =>
      atPlaces(
        run,
        () => true,
        (place) => insert(run, place, { orderId: 'ghost' }),
      ),
  },
  {
    name: 'the creation of an order was refused',
    kind: 'invented',
    sites: (run) =>
      atPlaces(
        run,
        () => true,
        (place) => ({
          ...insert(run, place, { orderId: 'refused', event: 'orderDeleted', revision: 2 }),
          writes: [...run.writes, { orderId: 'refused', type: 'created', outcome: 'failed', customerId: 'ana' }],
        }),
      ),
  },
  {
    name: 'an order is updated after its deletion',
    kind: 'resurrected',
    sites: (run) =>
      atPlaces(
        run,
        ({ record }) => record.event === 'orderDeleted',
        (place) => insert(run, place, { event: 'update', revision: place.record.revision + 1 }),
      ),
  },
  {
    name: 'a client believes in another revision',
    kind: 'state',
    sites: (run) =>
      run.clients
        .filter((log) => log.records.at(-1)?.kind !== 'disconnected')
        .flatMap((log) =>
          Object.entries(log.state ?? {}).map(([orderId, revision]) => () => ({
            ...run,
            clients: run.clients.map((other) =>
              other === log ? { ...log, state: { ...log.state, [orderId]: revision - 1 } } : other,
            ),
          })),
        ),
  },
  {
    name: 'the store goes back to an older revision',
    kind: 'state',
    sites: (run) =>
      heardOrders(run).map((orderId) => () => withStored(run, orderId, (order) => ({ revision: order.revision - 1 }))),
  },
  {
    name: 'the store has another content than what was heard',
    kind: 'state',
    sites: (run) =>
      heardOrders(run).map((orderId) => () => withStored(run, orderId, ({ quantity }) => ({ quantity: quantity + 1 }))),
  },
  {
    name: 'the store has another hurry than what was heard',
    kind: 'state',
    sites: (run) =>
      heardOrders(run).map((orderId) => () => withStored(run, orderId, ({ rush = false }) => ({ rush: !rush }))),
  },
  {
    name: 'the store has lost an order that nobody deleted',
    kind: 'lost',
    sites: (run) =>
      heardOrders(run)
        .filter((orderId) => !mayBeDeleted(run, orderId))
        .map((lost) => () => ({
          ...run,
          store: { orders: run.store.orders.filter(({ orderId }) => orderId !== lost) },
        })),
  },
];

/** The existing orders whose last change was heard with its content. */
const heardOrders = (run: Run): string[] =>
  run.store.orders
    .filter(({ orderId, revision }) =>
      placesOf(run).some(({ record }) => record.order && record.orderId === orderId && record.revision === revision),
    )
    .map(({ orderId }) => orderId);

/** Whether the order may have been deleted, so that it need not be in the store. */
const mayBeDeleted = ({ writes }: Run, orderId: string): boolean =>
  writes.some((write) => write.orderId === orderId && write.type === 'deleted' && write.outcome !== 'failed');

type StoredOrder = Run['store']['orders'][number];

const withStored = (run: Run, orderId: string, change: (order: StoredOrder) => Partial<StoredOrder>): Run => ({
  ...run,
  store: {
    ...run.store,
    orders: run.store.orders.map((order) => (order.orderId === orderId ? { ...order, ...change(order) } : order)),
  },
});
