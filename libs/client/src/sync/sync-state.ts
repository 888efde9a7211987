import { type Order } from '@galley/contracts';
import { type OrderChange, type ResyncDifference } from './order-change.js';
import { type TrackerError } from './tracker-error.js';
import { type ConnectionEvent, type TransportEvent } from './transport.js';

/** A snapshot that is on its way. It begins after `delayMs`. Changes that arrive from then on are kept and applied after it. */
export interface Reading {
  hasOrders: boolean;
  /** Every change up to here is in the snapshot or kept; absent if it is not known. */
  position?: string;
  delayMs: number;
  /** A new array for each snapshot. */
  kept: OrderChange[];
  /** How many snapshots in a row took so long that more changes came than could be kept. */
  overflows: number;
}

/** A snapshot is on its way. It goes on if the connection is lost, and the next connection continues from its position. */
export interface Arriving {
  kind: 'arriving';
  reading: Reading;
}

/** Every change up to this position is in the book; without a position, there never was one. */
export interface Current {
  kind: 'current';
  position?: string;
}

/** How good the book is. */
export type Knowledge =
  /** No snapshot was ever completed. */
  | { kind: 'nothing' }
  /** There are orders to show, but changes were missed. */
  | { kind: 'outdated' }
  | Arriving
  | Current;

/**
 * The states of a synchronizer. `transitions.ts` has all transitions:
 *
 *     stopped -> offline -> joining -> live        `ready` and nothing was missed
 *                  ^  ^        |        ^
 *                  |  |        v        |
 *     refused <----+  +---- reading ----+          a snapshot, if something was missed
 *                stale <- joining, reading, live   the connection is lost; a snapshot goes on
 *                refused <- joining, reading, live  a request is refused permanently
 */
export type SyncState =
  /** Waits for `start`. */
  | { name: 'stopped'; knowledge: Knowledge }
  /**
   * Without a connection for a long time, or since the beginning.
   * @property failing whether a failure was reported since the last connection that was ready
   */
  | { name: 'offline'; knowledge: Knowledge; failing: boolean }
  /** The connection was lost a moment ago. */
  | { name: 'stale'; knowledge: Knowledge; failing: boolean }
  /** The gateway or the orders API has refused the client permanently. */
  | { name: 'refused'; knowledge: Knowledge }
  /** Connected. The missed changes are on their way, then `ready`. */
  | { name: 'joining'; knowledge: Knowledge; failing: boolean }
  /** Connected, and a snapshot is on its way. */
  | { name: 'reading'; knowledge: Arriving; isFeedLive: boolean }
  /**
   * Connected. Every change that the gateway knows of is in the book.
   * @property isFeedLive whether the gateway gets every change now
   */
  | { name: 'live'; knowledge: Current; isFeedLive: boolean };

export type SyncEvent =
  | ConnectionEvent
  | { type: 'start' }
  | { type: 'stop' }
  /** There was no connection for a long time. */
  | { type: 'longAway' }
  /** The snapshot is requested now. It has every change that was committed before. */
  | { type: 'snapshotBegins' }
  | { type: 'snapshotRead'; orders: readonly Order[] }
  /** A request for orders has failed. The first of several failures, or a permanent one. */
  | { type: 'requestFailed'; error: TrackerError };

export type State<Name extends SyncState['name']> = Extract<SyncState, { name: Name }>;
export type Event<Type extends SyncEvent['type']> = Extract<SyncEvent, { type: Type }>;
export type Connected = State<'joining' | 'reading' | 'live'>;
export type Away = State<'offline' | 'stale'>;

/** What a synchronizer tells its tracker. */
export type Notice =
  /** The orders to show have changed. */
  | { type: 'changed' }
  /** The state of the connection has changed. */
  | { type: 'connection' }
  /** This change was applied to the orders. */
  | { type: 'change'; change: OrderChange }
  /** A snapshot begins. It has every change that was committed before. */
  | { type: 'snapshotBegins' }
  /** A snapshot has replaced the orders. Later changes follow it. */
  | { type: 'resync'; difference: ResyncDifference }
  | { type: 'failed'; error: TrackerError }
  | Exclude<TransportEvent, ConnectionEvent>;

/** What to do after the transition: with the connection, or to tell. */
export type Effect = { type: 'open' } | { type: 'close' } | { type: 'reconnect' } | Notice;

/** The snapshot that is on its way in this state, if one is. */
export const readingOf = ({ knowledge }: SyncState): Reading | undefined =>
  knowledge.kind === 'arriving' ? knowledge.reading : undefined;

/** Where a connection continues; absent if it has to begin with a snapshot. */
export const resumePositionOf = (state: SyncState): string | undefined =>
  state.knowledge.kind === 'current' ? state.knowledge.position : readingOf(state)?.position;

/** Whether the book has ever had a complete snapshot. */
export const hasOrders = (knowledge: Knowledge): boolean =>
  knowledge.kind === 'arriving' ? knowledge.reading.hasOrders : knowledge.kind !== 'nothing';
