import { type FeedEvent, type Order, type ReadyEvent, type ResyncEvent } from '@galley/contracts';
import { type OrderBook } from './order-book.js';
import { type OrderChange, type ResyncDifference } from './order-change.js';
import { laterPosition } from './resume-position.js';
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
 * The states of a synchronizer. `TRANSITIONS` below has all transitions:
 *
 *     stopped -> offline -> joining -> live        `ready` and nothing was missed
 *                  ^  ^        |        ^
 *                  |  |        v        |
 *     refused <----+  +---- reading ----+          a snapshot, if something was missed
 *                stale <- joining, reading, live   the connection is lost
 */
export type SyncState =
  /** Waits for `start`. */
  | { name: 'stopped'; knowledge: Knowledge }
  /** Without a connection for a long time, or since the beginning. `failing`: a failure was reported since then. */
  | { name: 'offline'; knowledge: Knowledge; failing: boolean }
  /** The connection was lost a moment ago. */
  | { name: 'stale'; knowledge: Knowledge; failing: boolean }
  /** The gateway has refused the client permanently. */
  | { name: 'refused'; knowledge: Knowledge }
  /** Connected. The missed changes are on their way, then `ready`. */
  | { name: 'joining'; knowledge: Knowledge }
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
    }
  /** Connected. Every change up to now is in the book. */
  | { name: 'live'; position?: string };

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
  | { type: 'snapshotRead'; orders: readonly Order[] };

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

export interface Step {
  state: SyncState;
  effects?: readonly Effect[];
}

export interface SyncContext {
  book: OrderBook;
  /** A random delay before a snapshot, because one cause may make all clients take one at the same time. */
  spreadMs: () => number;
}

/** How many changes are kept during a snapshot. With more, it is cheaper to begin a new snapshot later. */
const MAX_KEPT = 50_000;
const MAX_DOUBLINGS = 4;

type State<Name extends SyncState['name']> = Extract<SyncState, { name: Name }>;
type Event<Type extends SyncEvent['type']> = Extract<SyncEvent, { type: Type }>;
type Unconnected = State<'stopped' | 'offline' | 'stale' | 'refused'>;
type Connected = State<'joining' | 'reading' | 'live'>;

type Transitions = {
  [Name in SyncState['name']]: {
    [Type in SyncEvent['type']]: (state: State<Name>, event: Event<Type>, context: SyncContext) => Step;
  };
};

/** A transition for each state and event. The compiler checks that none is missing. */
const TRANSITIONS: Transitions = {
  stopped: {
    start: (state) => ({ state: { ...state, name: 'offline', failing: false }, effects: [{ type: 'open' }] }),
    stop: stay,
    connected: stay,
    disconnected: stay,
    longAway: stay,
    failed: stay,
    ready: stay,
    resync: stay,
    feed: stay,
    change: stay,
    snapshotBegins: stay,
    snapshotRead: stay,
  },
  offline: {
    start: stay,
    stop,
    connected: join,
    disconnected: stay,
    longAway: stay,
    failed: fail,
    ready: stay,
    resync: stay,
    feed: stay,
    change: stay,
    snapshotBegins: stay,
    snapshotRead: stay,
  },
  stale: {
    start: stay,
    stop,
    connected: join,
    disconnected: stay,
    longAway: (state) => ({ state: { ...state, name: 'offline' } }),
    failed: fail,
    ready: stay,
    resync: stay,
    feed: stay,
    change: stay,
    snapshotBegins: stay,
    snapshotRead: stay,
  },
  refused: {
    start: stay,
    stop,
    connected: stay,
    disconnected: stay,
    longAway: stay,
    failed: stay,
    ready: stay,
    resync: stay,
    feed: stay,
    change: stay,
    snapshotBegins: stay,
    snapshotRead: stay,
  },
  joining: {
    start: stay,
    stop,
    connected: stay,
    disconnected: lose,
    longAway: stay,
    failed: stay,
    ready: (state, { event: { recovered, position } }) => {
      const { knowledge } = state;
      if (!recovered || knowledge.kind !== 'current') return { state: readAnew(state, position, 0) };
      return { state: { name: 'live', position: latest(knowledge.position, position) } };
    },
    resync: resync,
    feed: stay,
    change: (state, { change }, context) => {
      if (state.knowledge.kind !== 'current') return { state }; // a snapshot follows `ready`
      return apply(state, state.knowledge.position, change, context, (position) => ({
        name: 'joining',
        knowledge: { kind: 'current', position },
      }));
    },
    snapshotBegins: stay,
    snapshotRead: stay,
  },
  reading: {
    start: stay,
    stop,
    connected: stay,
    disconnected: lose,
    longAway: stay,
    failed: stay,
    ready: (state, { event: { position } }, { book }) => {
      rememberDeletions(book, state.kept);
      return { state: readAnew(state, position, 0) };
    },
    resync: resync,
    feed: (state, { event: { position } }) => ({
      state: { ...state, position: laterPosition(state.position, position) },
    }),
    change: keep,
    snapshotBegins: (state, _event, { book }) => {
      // Changes that arrived before the snapshot begins are in it.
      rememberDeletions(book, state.kept);
      return { state, effects: [{ type: 'tellSnapshotBegins' }] };
    },
    snapshotRead: finishReading,
  },
  live: {
    start: stay,
    stop,
    connected: stay,
    disconnected: lose,
    longAway: stay,
    failed: stay,
    ready: stay,
    resync: resync,
    feed: (state, { event: { position } }) => ({
      state: { ...state, position: laterPosition(state.position, position) },
    }),
    change: (state, { change }, context) =>
      apply(state, state.position, change, context, (position) => ({ name: 'live', position })),
    snapshotBegins: stay,
    snapshotRead: stay,
  },
};

/** The next state after an event. This changes the book. The effects say what else to do. */
export function transition(state: SyncState, event: SyncEvent, context: SyncContext): Step {
  const take = TRANSITIONS[state.name][event.type] as (
    state: SyncState,
    event: SyncEvent,
    context: SyncContext,
  ) => Step;
  return take(state, event, context);
}

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

function stay(state: SyncState): Step {
  return { state };
}

function stop(state: SyncState, _event: SyncEvent, { book }: SyncContext): Step {
  if (state.name === 'reading') rememberDeletions(book, state.kept);
  return { state: { name: 'stopped', knowledge: knowledgeOf(state) }, effects: [{ type: 'close' }] };
}

function join({ knowledge }: Unconnected): Step {
  return { state: { name: 'joining', knowledge } };
}

function lose(state: Connected, _event: SyncEvent, { book }: SyncContext): Step {
  if (state.name === 'reading') rememberDeletions(book, state.kept);
  const knowledge = knowledgeOf(state);
  const name = knowledge.kind === 'nothing' ? 'offline' : 'stale';
  return { state: { name, knowledge, failing: false } };
}

/** Reports the first of several failures in a row, and a permanent one. */
function fail(state: State<'offline' | 'stale'>, { error }: Event<'failed'>): Step {
  const { knowledge } = state;
  if (error.code === 'invalid_request' && knowledge.kind === 'current' && knowledge.position !== undefined) {
    // The position is most likely wrong. Without it the next connection starts with a snapshot.
    return { state: { ...state, knowledge: { kind: 'outdated' } }, effects: [{ type: 'reconnect' }] };
  }
  const report = [{ type: 'tellFailure', error }] as const;
  if (error.permanent) return { state: { name: 'refused', knowledge }, effects: report };
  return { state: { ...state, failing: true }, effects: state.failing ? [] : report };
}

function resync(state: Connected, { event: { position } }: Event<'resync'>, { book, spreadMs }: SyncContext): Step {
  if (state.name === 'reading') rememberDeletions(book, state.kept);
  return { state: readAnew(state, position, spreadMs()) };
}

function readAnew(state: Connected, position: string | undefined, delayMs: number, overflows = 0): State<'reading'> {
  const hasOrders = state.name === 'reading' ? state.hasOrders : knowledgeOf(state).kind !== 'nothing';
  return { name: 'reading', hasOrders, position, delayMs, kept: [], overflows };
}

/** @param goOn makes the state after the change */
function apply(
  state: Connected,
  known: string | undefined,
  change: OrderChange,
  { book, spreadMs }: SyncContext,
  goOn: (position: string) => SyncState,
): Step {
  const position = laterPosition(known, change.event.position);
  if (position === known) return { state }; // a repetition
  switch (book.apply(change)) {
    case 'gap':
      return { state: readAnew(state, position, spreadMs()) };
    case 'applied':
      return { state: goOn(position), effects: [{ type: 'tell', change }, { type: 'changed' }] };
    case 'unknown-deletion':
      return { state: goOn(position), effects: [{ type: 'changed' }] };
    case 'known':
      return { state: goOn(position) };
  }
}

function keep(state: State<'reading'>, { change }: Event<'change'>, { book, spreadMs }: SyncContext): Step {
  const position = laterPosition(state.position, change.event.position);
  if (position === state.position) return { state };
  const { kept, overflows } = state;
  kept.push(change);
  if (kept.length <= MAX_KEPT) return { state: { ...state, position } };
  rememberDeletions(book, kept);
  const delayMs = spreadMs() * 2 ** Math.min(overflows, MAX_DOUBLINGS);
  return { state: readAnew(state, position, delayMs, overflows + 1) };
}

/** Replaces the book by the snapshot, then applies the kept changes. */
function finishReading(
  { position, kept }: State<'reading'>,
  { orders }: Event<'snapshotRead'>,
  { book, spreadMs }: SyncContext,
): Step {
  const effects: Effect[] = [{ type: 'tellResync', difference: book.replace(orders) }, { type: 'changed' }];
  const deleted = new Set(kept.filter(({ type }) => type === 'deleted').map(({ event }) => event.orderId));
  for (const [i, change] of kept.entries()) {
    // An order that was updated and then deleted while the pages were read may be on none of them. Nothing is missing then.
    if (deleted.has(change.event.orderId) && !book.canFollow(change)) continue;
    const outcome = book.apply(change);
    if (outcome === 'applied') effects.push({ type: 'tell', change });
    if (outcome !== 'gap') continue;
    rememberDeletions(book, kept.slice(i + 1));
    return { state: readAnew({ name: 'live', position }, position, spreadMs()), effects };
  }
  return { state: { name: 'live', position }, effects };
}

/**
 * Drops kept changes because the next snapshot has them, but remembers deletions: an older page may contain the order.
 */
function rememberDeletions(book: OrderBook, kept: OrderChange[]): void {
  for (const change of kept.splice(0)) if (change.type === 'deleted') book.rememberDeletion(change);
}

const latest = (known: string | undefined, received: string | undefined): string | undefined =>
  received === undefined ? known : laterPosition(known, received);
