import { type ChangeType, type HistoryEntry, type Order, type StaffPart } from '@galley/contracts';

/** The record of a run. All writers have stopped, and the clients have had time to get everything. */
export interface Run {
  /** Every attempt, in any order. The store was empty before the first. */
  writes: readonly Write[];
  store: Store;
  clients: readonly ClientLog[];
}

/**
 * `ok`: answered 2xx. `failed`: certainly refused (4xx), so nobody may ever see it.
 * `unknown`: timed out, cut off or answered 5xx, so it may have happened or not.
 */
export type WriteOutcome = 'ok' | 'failed' | 'unknown';

/** One attempt of a writer to change an order. A repetition with the same `Idempotency-Key` is a separate attempt. */
export type Write = {
  orderId: string;
  outcome: WriteOutcome;
  /** The revision in the answer, if it had one. */
  revision?: number;
  /** The note that it had. */
  note?: string;
} & (
  | { type: Extract<ChangeType, 'created'>; customerId: string }
  | {
      type: Extract<ChangeType, 'updated'>;
      /** Whether it closes the order, or opens it again; absent if it does neither. */
      closed?: boolean;
    }
  | { type: Extract<ChangeType, 'deleted'> }
  | {
      /** A change to what the order already is. */
      type: 'unchanged';
      /** The revision of the order, which the write has asked for with `If-Match`. */
      at: number;
    }
);

/** The final state. */
export interface Store {
  /** All orders that were not deleted, as `GET /orders` returns them. */
  orders: readonly Order[];
  /** The history of these orders, by order id. The oldest entries may be missing. */
  history?: Readonly<Record<string, readonly Pick<HistoryEntry, 'type' | 'revision'>[]>>;
}

/** What one client has seen. */
export interface ClientLog {
  /** The name of the client in violations. */
  client: string;
  /** `all`, or the ids of orders whose updates and deletions it gets. The same on all its connections. */
  follows: 'all' | readonly string[];
  /** The customer whose orders it may see; if absent, all orders. */
  customerId?: string;
  /**
   * Whether it must get who made each change and its note, as staff do, or must never get them; absent if it may be served
   * by a gateway of an earlier version, which knows neither.
   */
  staffPart?: 'expected' | 'forbidden';
  /**
   * In the order of arrival. The client was connected at the end unless `disconnected` comes after the last `ready`.
   */
  records: readonly LogRecord[];
  /** The revisions of the orders that it believes in at the end, by order id; absent if it keeps no state. */
  state?: Readonly<Record<string, number>>;
  /** The ids of the orders that it believes to be open at the end; absent if it keeps no state. */
  open?: readonly string[];
}

export type LogRecord = ChangeRecord | ReadyRecord | ResyncRecord | SnapshotRecord | DisconnectedRecord;

/** The name of the event. `update` stands for `{orderId}/update`. */
export type ChangeEvent = 'orderCreated' | 'orderUpdated' | 'orderDeleted' | 'update';

export interface ChangeRecord extends StaffPart {
  kind: 'change';
  event: ChangeEvent;
  orderId: string;
  revision: number;
  /** `<epoch>:<seq>:<digest>` */
  position: string;
  /** The order in the event. */
  order?: Order;
  /** Only in the events of updates, and only if the order is closed. */
  closedAt?: string;
}

/** Replayed changes come before the `ready` of their connection. */
export interface ReadyRecord {
  kind: 'ready';
  recovered: boolean;
  position?: string;
  replayed: number;
}

export interface ResyncRecord {
  kind: 'resync';
  position?: string;
}

/** All orders that the client may see and follows, fetched over REST after the last continuity break. */
export interface SnapshotRecord {
  kind: 'snapshot';
  orders: readonly Order[];
}

export interface DisconnectedRecord {
  kind: 'disconnected';
}
