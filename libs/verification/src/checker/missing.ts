import { distance } from '@galley/contracts';
import { type Arrival } from './arrival.js';
import { type Entitlement } from './entitlement.js';
import { describeChange, type HeardChange } from './heard-change.js';
import { type Ledger } from './ledger.js';
import { type Segment } from './segments.js';

/** Something that a client had to get in a segment and did not. */
export interface Missing {
  /** Absent if no client heard the change at this position. */
  orderId?: string;
  epoch: string;
  /** The position of the missing change. For a revision that no client heard, a position that comes after it. */
  seq: number;
  detail: string;
}

interface Heard {
  segment: Segment;
  arrival: Arrival;
  entitlement: Entitlement;
  ledger: Ledger;
}

/** Finds what is missing within a segment: events of a change, positions, revisions. Each is reported once. */
export function missingIn(heard: Heard): Missing[] {
  const epochs = epochsOf(heard);
  const known = [...missingBreaks(epochs), ...epochs.flatMap((epoch) => [...missingPositions(heard, epoch)])];
  return [...missingEvents(heard), ...known, ...missingRevisions(heard, known)];
}

function* missingEvents({ arrival, entitlement }: Heard): Generator<Missing> {
  for (const { change, events } of arrival.deliveries.values()) {
    const { orderId, epoch, seq } = change;
    for (const event of entitlement.events(change.type).filter((name) => !events.includes(name))) {
      yield { orderId, epoch, seq, detail: `${describeChange(change)}: came without ${event}` };
    }
  }
}

/** The epochs in the segment, in order. A correct segment has only one, because a new epoch is a break. */
function epochsOf({ segment, arrival }: Heard): string[] {
  const { after, toldUpTo } = segment;
  const epochs = new Set(after && [after.epoch]);
  for (const { change } of arrival.deliveries.values()) epochs.add(change.epoch);
  if (toldUpTo) epochs.add(toldUpTo.epoch);
  return [...epochs];
}

function missingBreaks([first, ...others]: readonly string[]): Missing[] {
  return others.map((epoch) => ({
    epoch,
    seq: 0,
    detail: `epoch ${epoch} came after ${first ?? ''} without a resync`,
  }));
}

/** Finds changes in the segment's part of the feed that only others heard, and positions that nobody heard. */
function* missingPositions({ segment, arrival, entitlement, ledger }: Heard, epoch: string): Generator<Missing> {
  const heard = new Set<number>();
  let [first, last] = [Infinity, -Infinity];
  for (const { change } of arrival.deliveries.values()) {
    if (change.epoch !== epoch) continue;
    heard.add(change.seq);
    [first, last] = [Math.min(first, change.seq), Math.max(last, change.seq)];
  }
  const start = segment.after?.epoch === epoch ? segment.after.seq : first - 1;
  const told = segment.toldUpTo?.epoch === epoch ? Math.max(segment.toldUpTo.seq, last) : last;
  const end = segment.open ? Infinity : told;

  let previous = start;
  const unheard = (next: number): Missing[] => {
    if (!entitlement.unrestricted || next <= previous + 1) return [];
    const range = next === previous + 2 ? `${epoch}:${previous + 1}` : `${epoch}:${previous + 1} to ${next - 1}`;
    return [{ epoch, seq: previous + 1, detail: `nothing was heard at ${range}` }];
  };
  for (const change of ledger.inOrder(epoch, entitlement.followed)) {
    if (change.seq <= start) continue;
    if (change.seq > end) break;
    yield* unheard(change.seq);
    previous = change.seq;
    if (!heard.has(change.seq) && entitlement.includes(change.orderId) && entitlement.events(change.type).length > 0) {
      yield { orderId: change.orderId, epoch, seq: change.seq, detail: `${describeChange(change)}: heard by others` };
    }
  }
  yield* unheard(told + 1);
}

/** Finds gaps in the revisions of an order, from the first one that was heard or the one after the first snapshot. */
function* missingRevisions({ arrival, segment, entitlement }: Heard, known: readonly Missing[]): Generator<Missing> {
  const fetched = new Map(segment.snapshots[0]?.map(({ orderId, revision }) => [orderId, revision]));
  for (const [orderId, revisions] of arrival.revisions) {
    if (!entitlement.includes(orderId)) continue;
    let before: HeardChange | undefined;
    for (const change of [...revisions.values()].sort((a, b) => a.revision - b.revision)) {
      const reached = before?.revision ?? fetched.get(orderId);
      if (reached !== undefined && change.revision > reached + 1 && !explained(known, change, before)) {
        const range = `revision ${reached + 1}${change.revision > reached + 2 ? ` to ${change.revision - 1}` : ''}`;
        const { epoch, seq } = change;
        yield { orderId, epoch, seq, detail: `${describeChange(change)}: came without ${range}` };
      }
      before = change;
    }
  }
}

/** Whether a missing position between two changes of an order explains the missing revisions between them. */
const explained = (known: readonly Missing[], change: HeardChange, before?: HeardChange): boolean =>
  known.some(
    (missing) =>
      (distance(missing, change) ?? 0) > 0 &&
      (distance(before, missing) ?? 1) > 0 &&
      (missing.orderId ?? change.orderId) === change.orderId,
  );
