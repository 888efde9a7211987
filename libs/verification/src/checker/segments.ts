import { type Order, type Position } from '@galley/contracts';
import { heardChange, positionOf, type HeardChange } from './heard-change.js';
import { type ClientLog } from './run.js';

/** What a client got between two continuity breaks. It may have reconnected in between. */
export interface Segment {
  /** The position before the first change, if the client was sent it. */
  after?: Position;
  /** The gateway said that the client has got all changes up to this position. */
  toldUpTo?: Position;
  changes: HeardChange[];
  /** Each snapshot shows the store at some time after the break. */
  snapshots: (readonly Order[])[];
  /** Whether the client was connected at the end of the run, so that the segment has not ended. */
  open: boolean;
}

/** The segments of a client's log, in order; the first starts with the log. */
export function segmentsOf({ records }: Pick<ClientLog, 'records'>): Segment[] {
  let current = newSegment();
  const segments = [current];
  // Changes before the `ready` of a connection belong to the old segment or to a new one. `ready` decides which.
  let early: HeardChange[] = [];
  let isReady = false;
  let connected = true;

  const settle = () => {
    for (const change of early) current.changes.push(change);
    early = [];
  };
  const breakAt = (position?: string) => {
    current = newSegment(position);
    segments.push(current);
  };

  for (const record of records) {
    switch (record.kind) {
      case 'change':
        (isReady ? current.changes : early).push(heardChange(record));
        break;
      case 'ready':
        isReady = connected = true;
        if (!record.recovered) breakAt(record.position);
        settle();
        if (record.recovered && record.position !== undefined) current.toldUpTo = positionOf(record.position);
        break;
      case 'resync':
        settle();
        breakAt(record.position);
        break;
      case 'snapshot':
        current.snapshots.push(record.orders);
        break;
      case 'disconnected':
        isReady = connected = false;
        settle();
        break;
    }
  }
  settle();
  current.open = connected;
  return segments;
}

const newSegment = (position?: string): Segment => ({
  ...(position !== undefined && { after: positionOf(position) }),
  changes: [],
  snapshots: [],
  open: false,
});
