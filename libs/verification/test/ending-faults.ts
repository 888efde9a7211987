import { type ClientLog, type Run } from '../src/checker/run.js';
import { alter, atPlaces, isPair, type Site } from './altered-runs.js';
import { type Fault } from './fault.js';
import { type Place } from './places.js';

const isOfStaff = ({ log }: Place) => log.staffPart === 'expected';

/** What can go wrong with orders that end, and with what only staff get. */
export const ENDING_FAULTS: Fault[] = [
  {
    name: 'a client that is not staff gets who made a change',
    kind: 'leaked',
    sites: (run) =>
      atPlaces(
        run,
        (place) => !isOfStaff(place),
        (place) => alter(run, place, { actor: { role: 'staff', sub: 'sue' } }),
      ),
  },
  {
    name: 'a client that is not staff gets a note',
    kind: 'leaked',
    sites: (run) =>
      atPlaces(
        run,
        (place) => !isOfStaff(place),
        (place) => alter(run, place, { note: 'Paid in cash' }),
      ),
  },
  {
    name: 'an order in an event holds a note',
    kind: 'leaked',
    sites: (run) =>
      atPlaces(
        run,
        ({ record }) => record.order !== undefined,
        (place) => alter(run, place, { order: { ...place.record.order, note: 'Paid in cash' } as never }),
      ),
  },
  {
    name: 'an order in a snapshot holds who changed it',
    kind: 'leaked',
    sites: (run) =>
      run.clients.flatMap((log) =>
        log.records.flatMap((record, at) => {
          if (record.kind !== 'snapshot' || record.orders.length === 0) return [];
          const orders = record.orders.map((order) => ({ ...order, actor: { role: 'system' } }));
          return [() => withLog(run, log, { records: log.records.with(at, { ...record, orders }) })];
        }),
      ),
  },
  {
    name: 'staff do not get who made a change',
    kind: 'lost',
    sites: (run) => atPlaces(run, isOfStaff, (place) => alter(run, place, { actor: undefined })),
  },
  {
    name: 'staff get another note than was written',
    kind: 'state',
    sites: (run) =>
      atPlaces(
        run,
        (place) => isOfStaff(place) && isAnswered(place, run),
        (place) => alter(run, place, { note: `${place.record.note ?? ''}!` }),
      ),
  },
  {
    name: 'a client is told of a close at another change',
    kind: 'state',
    sites: (run) =>
      atPlaces(run, isPair, (place) =>
        alter(run, place, { closedAt: place.record.closedAt === undefined ? '2026-11-23T10:00:00.000Z' : undefined }),
      ),
  },
  {
    name: 'a closed order stays in an open list, or an open one leaves it',
    kind: 'state',
    sites: (run) =>
      knownOrders(run).map(
        ([log, orderId]) =>
          () =>
            withLog(run, log, { open: toggled(log, orderId) }),
      ),
  },
  {
    name: 'a request that changes nothing makes a revision',
    kind: 'invented',
    sites: ({ writes, ...run }) =>
      writes.flatMap((write, i): Site[] =>
        write.type === 'unchanged' && write.outcome === 'ok'
          ? [() => ({ ...run, writes: writes.with(i, { ...write, revision: write.at + 1 }) })]
          : [],
      ),
  },
];

const withLog = (run: Run, log: ClientLog, change: Partial<ClientLog>): Run => ({
  ...run,
  clients: run.clients.map((other) => (other === log ? { ...log, ...change } : other)),
});

/** Whether the answer to the write of this change says which revision it made. */
const isAnswered = ({ record: { orderId, revision } }: Place, { writes }: Run) =>
  writes.some(
    (write) =>
      write.type !== 'unchanged' && write.outcome === 'ok' && write.orderId === orderId && write.revision === revision,
  );

/** The orders that clients believe in which are connected at the end. */
const knownOrders = (run: Run): [ClientLog, string][] =>
  run.clients
    .filter((log) => log.records.at(-1)?.kind !== 'disconnected')
    .flatMap((log) => Object.keys(log.state ?? {}).map((orderId): [ClientLog, string] => [log, orderId]));

const toggled = ({ open = [] }: ClientLog, orderId: string): string[] =>
  open.includes(orderId) ? open.filter((other) => other !== orderId) : [...open, orderId];
