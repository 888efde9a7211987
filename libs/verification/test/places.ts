import { type ChangeRecord, type ClientLog, type Run } from '../src/checker/run.js';

/** Where a client heard of a change: one record, or the two of an update. */
export interface Place {
  log: ClientLog;
  record: ChangeRecord;
  /** Indices into the log. */
  from: number;
  to: number;
  segment: SegmentPlace;
}

export interface SegmentPlace {
  /** Index of the record that starts it. */
  from: number;
  /** Index of the record that ends it, or the length of the log if none does. */
  to: number;
  /** Whether the client was sent its start position. */
  positioned: boolean;
  open: boolean;
  places: Place[];
}

export const placesOf = (run: Run): Place[] =>
  run.clients.flatMap((log) => segmentPlacesOf(log).flatMap(({ places }) => places));

function segmentPlacesOf(log: ClientLog): SegmentPlace[] {
  const { records } = log;
  const breaks = records.flatMap((record, i) =>
    record.kind === 'resync' || (record.kind === 'ready' && !record.recovered) ? [i] : [],
  );
  const connected = records.findLast(({ kind }) => kind === 'ready' || kind === 'disconnected')?.kind === 'ready';
  return breaks.map((from, i) => {
    const start = records[from];
    const positioned = start !== undefined && 'position' in start;
    const to = breaks[i + 1] ?? records.length;
    const segment: SegmentPlace = { from, to, positioned, open: connected && to === records.length, places: [] };
    for (let at = from; at < to; at++) {
      const record = records[at];
      if (record?.kind !== 'change') continue;
      const isPair = record.event === 'orderUpdated';
      segment.places.push({ log, record, from: at, to: at + (isPair ? 2 : 1), segment });
      if (isPair) at++;
    }
    return segment;
  });
}

/** Whether the client had to hear this change, according to the promises and to everything else that was heard. */
export function isMissed(place: Place, run: Run): boolean {
  const { log, record, segment, from } = place;
  const { places } = segment;
  if (log.customerId !== undefined && !isOwnerKnown(record.orderId, run)) return false;
  const i = places.indexOf(place);
  const seesAll = log.follows === 'all' && log.customerId === undefined;
  if (seesAll && i < places.length - 1 && (i > 0 || segment.positioned)) return true;
  const ofOrder = (other: Place) => other.record.orderId === record.orderId;
  const [earlier, later] = [places.slice(0, i).some(ofOrder), places.slice(i + 1).some(ofOrder)];
  if (earlier && later) return true;
  const fetchedLater = log.records.slice(from, segment.to).some(({ kind }) => kind === 'snapshot');
  const isLast = !later && isNewest(record, run);
  return segment.open && isLast && (earlier || (!fetchedLater && !isFetched(place)));
}

/** The owner is unknown if several customers may have created the order, none was answered, and it is gone. */
const isOwnerKnown = (orderId: string, { writes, store }: Run): boolean => {
  const attempts = writes.filter((write) => write.orderId === orderId && write.type === 'created');
  const possible = attempts.filter(({ outcome }) => outcome !== 'failed');
  const customers = new Set(possible.map((write) => write.type === 'created' && write.customerId));
  const isAnswered = attempts.some(({ outcome }) => outcome === 'ok');
  return customers.size === 1 || isAnswered || store.orders.some((order) => order.orderId === orderId);
};

/** Whether an earlier snapshot already has the change, because the feed was behind the store. */
function isFetched({ log, record, segment, from }: Place): boolean {
  return log.records.slice(segment.from, from).some((before) => {
    if (before.kind !== 'snapshot') return false;
    const fetched = before.orders.find(({ orderId }) => orderId === record.orderId);
    return record.event === 'orderDeleted' ? !fetched : !!fetched && fetched.revision >= record.revision;
  });
}

const isNewest = ({ orderId, event, revision }: ChangeRecord, { store }: Run): boolean =>
  event === 'orderDeleted' || store.orders.some((order) => order.orderId === orderId && order.revision === revision);
