import { type FeedEvent, type Order, type ReadyEvent, type ResyncEvent } from '@galley/contracts';
import { type OrderBook } from './order-book.js';
import { type OrderChange, type ResyncDifference } from './order-change.js';
import { laterPosition } from './resume-position.js';
import { type TrackerError } from './tracker-error.js';

/** What the book is worth while there is no connection. */
export type Knowledge =
  /** No snapshot was ever completed. */
  | { kind: 'nothing' }
  /** There are orders to show, and changes of them were missed. */
  | { kind: 'outdated' }
  /** Every change up to this position is in the book; without a position, there never was one. */
  | { kind: 'current'; position?: string };

/**
 * The states of a synchronizer. `TRANSITIONS` below says what leads from which to which:
 *
 *     stopped -> offline -> joining -> live        `ready`, nothing was missed
 *                  ^  ^        |        ^
 *                  |  |        v        |
 *     refused <----+  +---- reading ----+          a snapshot, where something was
 *                stale <- joining, reading, live   the connection is lost
 */
export type SyncState =
  /** Nothing happens until `start`. */
  | { name: 'stopped'; knowledge: Knowledge }
  /** Without a connection for long, or since the beginning. `failing`: somebody was told of a failure since. */
  | { name: 'offline'; knowledge: Knowledge; failing: boolean }
  /** The connection was lost a moment ago. */
  | { name: 'stale'; knowledge: Knowledge; failing: boolean }
  /** The gateway does not let us in, whenever we ask. */
  | { name: 'refused'; knowledge: Knowledge }
  /** Connected; what was missed is on its way, then `ready`. */
  | { name: 'joining'; knowledge: Knowledge }
  /** Connected; a snapshot begins after `delayMs`. What is told from then on is kept, and goes on top of it. */
  | {
      name: 'reading';
      hasOrders: boolean;
      position?: string;
      delayMs: number;
      /** One array for each snapshot that is begun. */
      kept: OrderChange[];
      /** Snapshots in a row that took longer than their changes could be kept. */
      overflows: number;
    }
  /** Connected; every change up to now is in the book. */
  | { name: 'live'; position?: string };

export type SyncEvent =
  | { type: 'start' }
  | { type: 'stop' }
  | { type: 'connected' }
  | { type: 'disconnected' }
  /** The connection has been away for long. */
  | { type: 'longAway' }
  /** No connection could be made: the server cannot be reached, or does not let us in. */
  | { type: 'failed'; error: TrackerError }
  | { type: 'ready'; event: ReadyEvent }
  | { type: 'resync'; event: ResyncEvent }
  | { type: 'feed'; event: FeedEvent }
  | { type: 'change'; change: OrderChange }
  /** The snapshot is asked for now: it has every change that was committed before. */
  | { type: 'snapshotBegins' }
  | { type: 'snapshotRead'; orders: readonly Order[] };

/** What is to be done once the state is taken. */
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
  /** Milliseconds over which clients spread the new snapshots that one cause makes all of them take; a random part of them. */
  spreadMs: () => number;
}

/** Changes kept during a snapshot; past this many, a snapshot that begins later is cheaper. */
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

/** Each state with each event: the compiler sees to it that none is forgotten. */
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
      bury(book, state.kept);
      return { state: readAnew(state, position, 0) };
    },
    resync: resync,
    feed: (state, { event: { position } }) => ({
      state: { ...state, position: laterPosition(state.position, position) },
    }),
    change: keep,
    snapshotBegins: (state, _event, { book }) => {
      // What was told before a snapshot begins is in it.
      bury(book, state.kept);
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

/** What becomes of a state with an event. The book is changed on the way; all else that is to be done is in the effects. */
export function transition(state: SyncState, event: SyncEvent, context: SyncContext): Step {
  const take = TRANSITIONS[state.name][event.type] as (
    state: SyncState,
    event: SyncEvent,
    context: SyncContext,
  ) => Step;
  return take(state, event, context);
}

/** What could be resumed from: what the book is worth once the connection is gone. */
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
  if (state.name === 'reading') bury(book, state.kept);
  return { state: { name: 'stopped', knowledge: knowledgeOf(state) }, effects: [{ type: 'close' }] };
}

function join({ knowledge }: Unconnected): Step {
  return { state: { name: 'joining', knowledge } };
}

function lose(state: Connected, _event: SyncEvent, { book }: SyncContext): Step {
  if (state.name === 'reading') bury(book, state.kept);
  const knowledge = knowledgeOf(state);
  const name = knowledge.kind === 'nothing' ? 'offline' : 'stale';
  return { state: { name, knowledge, failing: false } };
}

/** The first of a row of failures is told, and the one that is the last. */
function fail(state: State<'offline' | 'stale'>, { error }: Event<'failed'>): Step {
  const { knowledge } = state;
  if (error.code === 'invalid_request' && knowledge.kind === 'current' && knowledge.position !== undefined) {
    // Most likely about the position: without it the next connection starts with a snapshot.
    return { state: { ...state, knowledge: { kind: 'outdated' } }, effects: [{ type: 'reconnect' }] };
  }
  const told = [{ type: 'tellFailure', error }] as const;
  if (error.permanent) return { state: { name: 'refused', knowledge }, effects: told };
  return { state: { ...state, failing: true }, effects: state.failing ? [] : told };
}

function resync(state: Connected, { event: { position } }: Event<'resync'>, { book, spreadMs }: SyncContext): Step {
  if (state.name === 'reading') bury(book, state.kept);
  return { state: readAnew(state, position, spreadMs()) };
}

function readAnew(state: Connected, position: string | undefined, delayMs: number, overflows = 0): State<'reading'> {
  const hasOrders = state.name === 'reading' ? state.hasOrders : knowledgeOf(state).kind !== 'nothing';
  return { name: 'reading', hasOrders, position, delayMs, kept: [], overflows };
}

/** @param goOn makes the state in which the change is known */
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
    case 'buried':
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
  bury(book, kept);
  const delayMs = spreadMs() * 2 ** Math.min(overflows, MAX_DOUBLINGS);
  return { state: readAnew(state, position, delayMs, overflows + 1) };
}

/** The snapshot takes the place of the book, and what was kept goes on top of it. */
function finishReading(
  { position, kept }: State<'reading'>,
  { orders }: Event<'snapshotRead'>,
  { book, spreadMs }: SyncContext,
): Step {
  const effects: Effect[] = [{ type: 'tellResync', difference: book.replace(orders) }, { type: 'changed' }];
  const deleted = new Set(kept.filter(({ type }) => type === 'deleted').map(({ event }) => event.orderId));
  for (const [i, change] of kept.entries()) {
    // An order that was updated, then deleted, while the pages were read is on none of them: nothing is missing.
    if (deleted.has(change.event.orderId) && !book.canFollow(change)) continue;
    const outcome = book.apply(change);
    if (outcome === 'applied') effects.push({ type: 'tell', change });
    if (outcome !== 'gap') continue;
    bury(book, kept.slice(i + 1));
    return { state: readAnew({ name: 'live', position }, position, spreadMs()), effects };
  }
  return { state: { name: 'live', position }, effects };
}

/** Forgets changes that a snapshot has, but for the deletions: a page of it may have been read before them. */
function bury(book: OrderBook, kept: OrderChange[]): void {
  for (const change of kept.splice(0)) if (change.type === 'deleted') book.bury(change);
}

const latest = (known: string | undefined, told: string | undefined): string | undefined =>
  told === undefined ? known : laterPosition(known, told);
