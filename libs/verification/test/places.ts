import { type ChangeEntry, type ClientLog, type Run } from '../src/checker/run.js';

/** Where a client heard of a change: one entry, or the two of an update. */
export interface Place {
  log: ClientLog;
  entry: ChangeEntry;
  /** Indices into the log. */
  from: number;
  to: number;
  segment: SegmentPlace;
}

export interface SegmentPlace {
  /** Index of the entry that starts it. */
  from: number;
  /** Index of the entry that ends it, the log's length where none does. */
  to: number;
  /** Whether the client was told where it starts. */
  positioned: boolean;
  open: boolean;
  places: Place[];
}

export const placesOf = (run: Run): Place[] =>
  run.clients.flatMap((log) => segmentPlacesOf(log).flatMap(({ places }) => places));

function segmentPlacesOf(log: ClientLog): SegmentPlace[] {
  const { entries } = log;
  const breaks = entries.flatMap((entry, i) =>
    entry.kind === 'resync' || (entry.kind === 'ready' && !entry.recovered) ? [i] : [],
  );
  const connected = entries.findLast(({ kind }) => kind === 'ready' || kind === 'disconnected')?.kind === 'ready';
  return breaks.map((from, i) => {
    const start = entries[from];
    const positioned = start !== undefined && 'position' in start;
    const to = breaks[i + 1] ?? entries.length;
    const segment: SegmentPlace = { from, to, positioned, open: connected && to === entries.length, places: [] };
    for (let at = from; at < to; at++) {
      const entry = entries[at];
      if (entry?.kind !== 'change') continue;
      const isPair = entry.event === 'orderUpdated';
      segment.places.push({ log, entry, from: at, to: at + (isPair ? 2 : 1), segment });
      if (isPair) at++;
    }
    return segment;
  });
}

/** Whether the promises, and what else was heard, tell that this change had to be heard. */
export function isMissed(place: Place, run: Run): boolean {
  const { log, entry, segment, from } = place;
  const { places } = segment;
  if (log.customerId !== undefined && !isOwnerKnown(entry.orderId, run)) return false;
  const i = places.indexOf(place);
  const seesAll = log.follows === 'all' && log.customerId === undefined;
  if (seesAll && i < places.length - 1 && (i > 0 || segment.positioned)) return true;
  const ofOrder = (other: Place) => other.entry.orderId === entry.orderId;
  const [earlier, later] = [places.slice(0, i).some(ofOrder), places.slice(i + 1).some(ofOrder)];
  if (earlier && later) return true;
  const fetchedLater = log.entries.slice(from, segment.to).some(({ kind }) => kind === 'snapshot');
  const isLast = !later && isNewest(entry, run);
  return segment.open && isLast && (earlier || (!fetchedLater && !isFetched(place)));
}

/** Not where several customers may have created it, none was answered, and it is gone. */
const isOwnerKnown = (orderId: string, { writes, store }: Run): boolean => {
  const attempts = writes.filter((write) => write.orderId === orderId && write.type === 'created');
  const possible = attempts.filter(({ outcome }) => outcome !== 'failed');
  const customers = new Set(possible.map((write) => write.type === 'created' && write.customerId));
  const isAnswered = attempts.some(({ outcome }) => outcome === 'ok');
  return customers.size === 1 || isAnswered || store.orders.some((order) => order.orderId === orderId);
};

/** Whether a snapshot before it tells of the change already, the feed being behind the store. */
function isFetched({ log, entry, segment, from }: Place): boolean {
  return log.entries.slice(segment.from, from).some((before) => {
    if (before.kind !== 'snapshot') return false;
    const fetched = before.orders.find(({ orderId }) => orderId === entry.orderId);
    return entry.event === 'orderDeleted' ? !fetched : !!fetched && fetched.revision >= entry.revision;
  });
}

const isNewest = ({ orderId, event, revision }: ChangeEntry, { store }: Run): boolean =>
  event === 'orderDeleted' || store.orders.some((order) => order.orderId === orderId && order.revision === revision);
