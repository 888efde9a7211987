import { type ChangeType, type HistoryEntry, type Order } from '@galley/contracts';

/** What a run left behind, after all writers have stopped and the clients were given time to hear of everything. */
export interface Run {
  /** Every attempt, in any order. The store was empty before the first. */
  writes: readonly Write[];
  store: Store;
  clients: readonly ClientLog[];
}

/**
 * `ok`: answered 2xx. `failed`: refused for certain (4xx), so nothing of it may ever be seen.
 * `unknown`: timed out, cut off or answered 5xx; it may have happened or not.
 */
export type WriteOutcome = 'ok' | 'failed' | 'unknown';

/** One attempt of a writer to change an order; a repetition with the same `Idempotency-Key` is an attempt of its own. */
export type Write = {
  orderId: string;
  outcome: WriteOutcome;
  /** As answered, where the answer had one. */
  revision?: number;
} & ({ type: Extract<ChangeType, 'created'>; customerId: string } | { type: Exclude<ChangeType, 'created'> });

/** The final state. */
export interface Store {
  /** Every living order, as `GET /orders` tells. */
  orders: readonly Order[];
  /** Of living orders, by order id; the oldest entries may be missing. */
  history?: Readonly<Record<string, readonly Pick<HistoryEntry, 'type' | 'revision'>[]>>;
}

/** What one client has seen. */
export interface ClientLog {
  /** Names it in violations. */
  client: string;
  /** The same from its first connection to its last: `all`, or the ids of orders, of which it hears updates and deletions. */
  follows: 'all' | readonly string[];
  /** Whose orders it may see; absent: everybody's. */
  customerId?: string;
  /** In the order of arrival. Unless `disconnected` comes after the last `ready`, it was connected at the end. */
  entries: readonly ClientEntry[];
  /** The orders that it believes in at the end, by order id, each with its revision; absent where it does not track. */
  state?: Readonly<Record<string, number>>;
}

export type ClientEntry = ChangeEntry | ReadyEntry | ResyncEntry | SnapshotEntry | DisconnectedEntry;

/** The name of the event, `update` standing for `{orderId}/update`. */
export type ChangeEvent = 'orderCreated' | 'orderUpdated' | 'orderDeleted' | 'update';

export interface ChangeEntry {
  kind: 'change';
  event: ChangeEvent;
  orderId: string;
  revision: number;
  /** `<epoch>:<seq>` */
  position: string;
  /** As the event had it. */
  order?: Order;
}

/** What was replayed on a connection comes before its `ready`. */
export interface ReadyEntry {
  kind: 'ready';
  recovered: boolean;
  position?: string;
  replayed: number;
}

export interface ResyncEntry {
  kind: 'resync';
  position?: string;
}

/** All orders that the client may see and follows, fetched over REST; asked for after the last continuity break. */
export interface SnapshotEntry {
  kind: 'snapshot';
  orders: readonly Order[];
}

export interface DisconnectedEntry {
  kind: 'disconnected';
}
