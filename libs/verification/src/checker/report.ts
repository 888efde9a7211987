/** The ways in which a run can break the promises. */
export const VIOLATION_KINDS = [
  /** A change is missing that a client had to hear or that had to be in the store. */
  'lost',
  /** A change was heard again within one continuity segment, or is in the feed twice. */
  'repeated',
  /** Changes were heard in another order than in the feed, or in different orders by two clients. */
  'reordered',
  /** No write explains a change, or the client was not entitled to it. */
  'invented',
  /** A client got what only staff may get, or an order holds it. */
  'leaked',
  /** An order was changed after its deletion, or is still in the store. */
  'resurrected',
  /** A client or an event has another state of an order than the store. */
  'state',
] as const;
export type ViolationKind = (typeof VIOLATION_KINDS)[number];

export interface Violation {
  kind: ViolationKind;
  /** Absent if the violation is not about one client. */
  client?: string;
  orderId?: string;
  /** One line for people, with the revisions and positions. */
  detail: string;
}

/** How many violations of each kind were found. Successive missing changes count as one. */
export interface Counts extends Record<ViolationKind, number> {
  /** All attempts, with any outcome. */
  writes: number;
  /** Attempts that may have happened or not. */
  unknown: number;
  /** The sum over all clients. The two events of an update are one change. */
  changesDelivered: number;
  /** How often a client with earlier changes was told to fetch its orders again. */
  resyncs: number;
}

export interface Report {
  violations: Violation[];
  counts: Counts;
}
