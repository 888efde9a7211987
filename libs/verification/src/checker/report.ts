/** Every way in which a run can break the promises. */
export const VIOLATION_KINDS = [
  /** A change that had to be heard, or to be in the store, is not. */
  'lost',
  /** A change was heard again within one continuity segment, or stands in the feed twice. */
  'repeated',
  /** Changes were heard in another order than that of the feed, or two clients were told different orders. */
  'reordered',
  /** A change that no write explains, or that this client was never to hear. */
  'invented',
  /** An order was changed, or is in the store, after its deletion. */
  'resurrected',
  /** What a client or an event says of an order differs from the store. */
  'state',
] as const;
export type ViolationKind = (typeof VIOLATION_KINDS)[number];

export interface Violation {
  kind: ViolationKind;
  /** Absent where it is not about one client. */
  client?: string;
  orderId?: string;
  /** One line for people, with the revisions and positions concerned. */
  detail: string;
}

/** Of each kind, how many violations were found, a run of successive changes that are missing counting as one. */
export interface Counts extends Record<ViolationKind, number> {
  /** Attempts, whatever became of them. */
  writes: number;
  /** Attempts of which nobody knows whether they happened. */
  unknown: number;
  /** Over all clients; the two events of an update are one change. */
  changesDelivered: number;
  /** How often a client that had been told of changes was told to fetch its orders anew. */
  resyncs: number;
}

export interface Report {
  violations: Violation[];
  counts: Counts;
}
