import { type OrderBook } from './order-book.js';
import { type OrderChange } from './order-change.js';
import { knowledgeOf, type Effect, type SyncEvent, type SyncState } from './sync-state.js';

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

/** What may still arrive from a connection that has ended. */
const LATE = { ready: stay, resync: stay, feed: stay, change: stay, snapshotBegins: stay, snapshotRead: stay };

/** What is the same in every connected state. */
const CONNECTED = {
  start: stay,
  stop,
  connected: stay,
  disconnected: lose,
  longAway: stay,
  failed: stay,
  resync,
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
    ...LATE,
  },
  offline: {
    start: stay,
    stop,
    connected: join,
    disconnected: stay,
    longAway: stay,
    failed: fail,
    ...LATE,
  },
  stale: {
    start: stay,
    stop,
    connected: join,
    disconnected: stay,
    longAway: (state) => ({ state: { ...state, name: 'offline' } }),
    failed: fail,
    ...LATE,
  },
  refused: {
    start: stay,
    stop,
    connected: stay,
    disconnected: stay,
    longAway: stay,
    failed: stay,
    ...LATE,
  },
  joining: {
    ...CONNECTED,
    ready: (state, { event }) => {
      const { knowledge } = state;
      if (!event.recovered || knowledge.kind !== 'current') return { state: readAnew(state, event) };
      return { state: { name: 'live', position: event.position ?? knowledge.position, isFeedLive: isLive(event) } };
    },
    feed: stay,
    change: (state, { change }, context) => {
      if (state.knowledge.kind !== 'current') return { state }; // a snapshot follows `ready`
      return apply(state, change, context, (position) => ({
        name: 'joining',
        knowledge: { kind: 'current', position },
      }));
    },
    snapshotBegins: stay,
    snapshotRead: stay,
  },
  reading: {
    ...CONNECTED,
    ready: (state, { event }, { book }) => {
      rememberDeletions(book, state.kept);
      return { state: readAnew(state, event) };
    },
    feed: moveTo,
    change: keep,
    snapshotBegins: (state, _event, { book }) => {
      // Changes that arrived before the snapshot begins are in it.
      rememberDeletions(book, state.kept);
      return { state, effects: [{ type: 'tellSnapshotBegins' }] };
    },
    snapshotRead: finishReading,
  },
  live: {
    ...CONNECTED,
    ready: stay,
    feed: moveTo,
    change: (state, { change }, context) => apply(state, change, context, (position) => ({ ...state, position })),
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
  return { state: readAnew(state, { position }, spreadMs()) };
}

/** @param event where the gateway stands, and whether it is live if it says so */
function readAnew(
  state: Connected,
  event: { position?: string; live?: boolean },
  delayMs = 0,
  overflows = 0,
): State<'reading'> {
  const hasOrders = state.name === 'reading' ? state.hasOrders : knowledgeOf(state).kind !== 'nothing';
  const isFeedLive = event.live ?? (state.name === 'joining' || state.isFeedLive);
  return { name: 'reading', hasOrders, position: event.position, delayMs, kept: [], overflows, isFeedLive };
}

/** A gateway of an older version does not say so. */
const isLive = ({ live }: { live?: boolean }): boolean => live !== false;

/** The position is the one that the client was told last. It compares none, because only the server can. */
function moveTo(state: State<'reading' | 'live'>, { event }: Event<'feed'>): Step {
  return { state: { ...state, position: event.position ?? state.position, isFeedLive: isLive(event) } };
}

/** @param goOn makes the state after the change */
function apply(
  state: Connected,
  change: OrderChange,
  { book, spreadMs }: SyncContext,
  goOn: (position: string) => SyncState,
): Step {
  const { position } = change.event;
  switch (book.apply(change)) {
    case 'gap':
      return { state: readAnew(state, { position }, spreadMs()) };
    case 'applied':
      return { state: goOn(position), effects: [{ type: 'tell', change }, { type: 'changed' }] };
    case 'unknown-deletion':
      return { state: goOn(position), effects: [{ type: 'changed' }] };
    case 'known':
      return { state: goOn(position) };
  }
}

function keep(state: State<'reading'>, { change }: Event<'change'>, { book, spreadMs }: SyncContext): Step {
  const { position } = change.event;
  const { kept, overflows } = state;
  kept.push(change);
  if (kept.length <= MAX_KEPT) return { state: { ...state, position } };
  rememberDeletions(book, kept);
  const delayMs = spreadMs() * 2 ** Math.min(overflows, MAX_DOUBLINGS);
  return { state: readAnew(state, { position }, delayMs, overflows + 1) };
}

/** Replaces the book by the snapshot, then applies the kept changes. */
function finishReading(
  { position, kept, isFeedLive }: State<'reading'>,
  { orders }: Event<'snapshotRead'>,
  { book, spreadMs }: SyncContext,
): Step {
  const live: State<'live'> = { name: 'live', position, isFeedLive };
  const effects: Effect[] = [{ type: 'tellResync', difference: book.replace(orders) }, { type: 'changed' }];
  const deleted = new Set(kept.filter(({ type }) => type === 'deleted').map(({ event }) => event.orderId));
  for (const [i, change] of kept.entries()) {
    // An order that was updated and then deleted while the pages were read may be on none of them. Nothing is missing then.
    if (deleted.has(change.event.orderId) && !book.canFollow(change)) continue;
    const outcome = book.apply(change);
    if (outcome === 'applied') effects.push({ type: 'tell', change });
    if (outcome !== 'gap') continue;
    rememberDeletions(book, kept.slice(i + 1));
    return { state: readAnew(live, live, spreadMs()), effects };
  }
  return { state: live, effects };
}

/**
 * Drops kept changes because the next snapshot has them, but remembers deletions: an older page may contain the order.
 */
function rememberDeletions(book: OrderBook, kept: OrderChange[]): void {
  for (const change of kept.splice(0)) if (change.type === 'deleted') book.rememberDeletion(change);
}
