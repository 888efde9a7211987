import { type FeedEvent, type Order, type ReadyEvent, type ResyncEvent } from '@galley/contracts';
import { type OrderChange, type ResyncDifference } from './order-change.js';
import { type TrackerError } from './tracker-error.js';

/** How good the book is while there is no connection. */
export type Knowledge =
  /** No snapshot was ever completed. */
  | { kind: 'nothing' }
  /** There are orders to show, but changes were missed. */
  | { kind: 'outdated' }
  /** Every change up to this position is in the book; without a position, there never was one. */
  | { kind: 'current'; position?: string };

/**
 * The states of a synchronizer. `transitions.ts` has all transitions:
 *
 *     stopped -> offline -> joining -> live        `ready` and nothing was missed
 *                  ^  ^        |        ^
 *                  |  |        v        |
 *     refused <----+  +---- reading ----+          a snapshot, if something was missed
 *                stale <- joining, reading, live   the connection is lost
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
  /** Connected. A snapshot begins after `delayMs`. Changes that arrive from then on are kept and applied after it. */
  | {
      name: 'reading';
      hasOrders: boolean;
      position?: string;
      delayMs: number;
      /** A new array for each snapshot. */
      kept: OrderChange[];
      /** How many snapshots in a row took so long that more changes came than could be kept. */
      overflows: number;
      isFeedLive: boolean;
    }
  /**
   * Connected. Every change that the gateway knows of is in the book.
   * @property isFeedLive whether the gateway gets every change now
   */
  | { name: 'live'; position?: string; isFeedLive: boolean };

export type SyncEvent =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'connected' }
  | { type: 'disconnected' }
  /** There was no connection for a long time. */
  | { type: 'longAway' }
  /** No connection could be made: the server cannot be reached, or refuses the client. */
  | { type: 'failed'; error: TrackerError }
  | { type: 'ready'; event: ReadyEvent }
  | { type: 'resync'; event: ResyncEvent }
  | { type: 'feed'; event: FeedEvent }
  | { type: 'change'; change: OrderChange }
  /** The snapshot is requested now. It has every change that was committed before. */
  | { type: 'snapshotBegins' }
  | { type: 'snapshotRead'; orders: readonly Order[] }
  /** A request for orders has failed. The first of several failures, or a permanent one. */
  | { type: 'requestFailed'; error: TrackerError };

export type State<Name extends SyncState['name']> = Extract<SyncState, { name: Name }>;
export type Event<Type extends SyncEvent['type']> = Extract<SyncEvent, { type: Type }>;
export type Connected = State<'joining' | 'reading' | 'live'>;

/** What to do after the transition. */
export type Effect =
  | { type: 'open' }
  | { type: 'close' }
  | { type: 'reconnect' }
  /** The book has changed. */
  | { type: 'changed' }
  | { type: 'tell'; change: OrderChange }
  | { type: 'tellSnapshotBegins' }
  | { type: 'tellResync'; difference: ResyncDifference }
  | { type: 'tellFailure'; error: TrackerError };

/** How good the book is if the connection ends now. */
export function knowledgeOf(state: SyncState): Knowledge {
  switch (state.name) {
    case 'live':
      return { kind: 'current', position: state.position };
    case 'reading':
      return { kind: state.hasOrders ? 'outdated' : 'nothing' };
    default:
      return state.knowledge;
  }
}
