import { type Order, type Position } from '@galley/contracts';
import { heardChange, positionOf, type HeardChange } from './heard-change.js';
import { type ClientLog } from './run.js';

/** What a client got between two continuity breaks, through any number of reconnects. */
export interface Segment {
  /** After which position it starts, where that was told. */
  after?: Position;
  /** Up to where the client was told that it has heard everything. */
  toldUpTo?: Position;
  changes: HeardChange[];
  /** Each is what the store held at some time after the break. */
  snapshots: (readonly Order[])[];
  /** Whether it lasts: the client was connected at the end of the run. */
  open: boolean;
}

/** The segments of a client's log, in order; the first starts with the log. */
export function segmentsOf({ entries }: Pick<ClientLog, 'entries'>): Segment[] {
  let current = newSegment();
  const segments = [current];
  // What comes on a connection before its `ready` belongs to the old segment or to a new one: `ready` tells.
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

  for (const entry of entries) {
    switch (entry.kind) {
      case 'change':
        (isReady ? current.changes : early).push(heardChange(entry));
        break;
      case 'ready':
        isReady = connected = true;
        if (!entry.recovered) breakAt(entry.position);
        settle();
        if (entry.recovered && entry.position !== undefined) current.toldUpTo = positionOf(entry.position);
        break;
      case 'resync':
        settle();
        breakAt(entry.position);
        break;
      case 'snapshot':
        current.snapshots.push(entry.orders);
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
