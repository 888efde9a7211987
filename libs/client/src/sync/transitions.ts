import { type OrderChange } from './order-change.js';
import { finishReading, keep, readAnew, rememberEnds, resync } from './reading.js';
import { type Step, type SyncContext } from './step.js';
import { knowledgeOf, type Connected, type Event, type State, type SyncEvent, type SyncState } from './sync-state.js';

type Transitions = {
  [Name in SyncState['name']]: {
    [Type in SyncEvent['type']]: (state: State<Name>, event: Event<Type>, context: SyncContext) => Step;
  };
};

/** What may still arrive from a connection that has ended. */
const LATE = {
  ready: stay,
  resync: stay,
  feed: stay,
  change: stay,
  snapshotBegins: stay,
  snapshotRead: stay,
  requestFailed: stay,
};

/** What is the same in every connected state. */
const CONNECTED = {
  start: stay,
  stop,
  connected: stay,
  disconnected: lose,
  longAway: stay,
  failed: stay,
  requestFailed,
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
      return apply(state, change, context, (position) => ({ ...state, knowledge: { kind: 'current', position } }));
    },
    snapshotBegins: stay,
    snapshotRead: stay,
  },
  reading: {
    ...CONNECTED,
    ready: (state, { event }, { book }) => {
      rememberEnds(book, state.kept);
      return { state: readAnew(state, event) };
    },
    feed: moveTo,
    change: keep,
    snapshotBegins: (state, _event, { book }) => {
      // Changes that arrived before the snapshot begins are in it.
      rememberEnds(book, state.kept);
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
  if (state.name === 'reading') rememberEnds(book, state.kept);
  return { state: { name: 'stopped', knowledge: knowledgeOf(state) }, effects: [{ type: 'close' }] };
}

function join(state: State<'offline' | 'stale'>): Step {
  return { state: { ...state, name: 'joining' } };
}

function lose(state: Connected, _event: SyncEvent, { book }: SyncContext): Step {
  if (state.name === 'reading') rememberEnds(book, state.kept);
  const knowledge = knowledgeOf(state);
  const name = knowledge.kind === 'nothing' ? 'offline' : 'stale';
  // A connection that was never ready is one more failure of the same series.
  return { state: { name, knowledge, failing: state.name === 'joining' && state.failing } };
}

/** A permanent failure of a request ends the connection too: the tracker could never be complete. */
function requestFailed(state: Connected, { error }: Event<'requestFailed'>, { book }: SyncContext): Step {
  const report = { type: 'tellFailure', error } as const;
  if (!error.permanent) return { state, effects: [report] };
  if (state.name === 'reading') rememberEnds(book, state.kept);
  return { state: { name: 'refused', knowledge: knowledgeOf(state) }, effects: [{ type: 'close' }, report] };
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
    case 'unseen':
      return { state: goOn(position), effects: [{ type: 'changed' }] };
    case 'known':
      return { state: goOn(position) };
  }
}
