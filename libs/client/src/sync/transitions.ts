import { abandon, beginSnapshot, finish, keep, readAnew, resync } from './reading.js';
import { type Step, type SyncContext } from './step.js';
import {
  hasOrders,
  readingOf,
  resumePositionOf,
  type Arriving,
  type Away,
  type Connected,
  type Event,
  type State,
  type SyncEvent,
  type SyncState,
} from './sync-state.js';

type Transitions = {
  [Name in SyncState['name']]: {
    [Type in SyncEvent['type']]: (state: State<Name>, event: Event<Type>, context: SyncContext) => Step;
  };
};

/** Events that do not concern a state leave it as it is. Some still arrive from a connection that has ended. */
const UNCONCERNED = {
  start: stay,
  stop: stay,
  connected: stay,
  disconnected: stay,
  ready: stay,
  resync: stay,
  feed: stay,
  change: stay,
  failed: stay,
  longAway: stay,
  snapshotBegins: stay,
  snapshotRead: stay,
  requestFailed: stay,
};

/** A snapshot goes on while there is no connection. */
const AWAY = {
  ...UNCONCERNED,
  stop,
  connected: join,
  failed: fail,
  snapshotBegins: beginSnapshot,
  snapshotRead: finish,
  requestFailed: (state: Away, event: Event<'requestFailed'>, context: SyncContext) =>
    readingOf(state) ? requestFailed(state, event, context) : { state },
};

/** What is the same in every connected state. */
const CONNECTED = { ...UNCONCERNED, stop, disconnected: lose, requestFailed, resync };

/** A transition for each state and event. The compiler checks that none is missing. */
const TRANSITIONS: Transitions = {
  stopped: {
    ...UNCONCERNED,
    start: (state) => ({ state: { ...state, name: 'offline', failing: false }, effects: [{ type: 'open' }] }),
  },
  offline: AWAY,
  stale: { ...AWAY, longAway: (state) => ({ state: { ...state, name: 'offline' } }) },
  refused: { ...UNCONCERNED, stop },
  joining: {
    ...CONNECTED,
    ready: (state, { event }, context) => {
      const { knowledge } = state;
      const position = event.position ?? resumePositionOf(state);
      const isFeedLive = isLive(event);
      if (event.recovered && knowledge.kind === 'current') {
        return { state: { name: 'live', knowledge: { ...knowledge, position }, isFeedLive } };
      }
      if (event.recovered && knowledge.kind === 'arriving') {
        const reading = { ...knowledge.reading, position };
        return { state: { name: 'reading', knowledge: { ...knowledge, reading }, isFeedLive } };
      }
      return beginAgain(state, { event }, context);
    },
    change: (state, event, context) =>
      state.knowledge.kind === 'current' ? apply(state, event, context) : keep(state, event, context),
    snapshotBegins: beginSnapshot,
    snapshotRead: finish,
  },
  reading: {
    ...CONNECTED,
    ready: beginAgain,
    feed: (state, { event }) => {
      const { reading } = state.knowledge;
      const position = event.position ?? reading.position;
      const knowledge: Arriving = { kind: 'arriving', reading: { ...reading, position } };
      return { state: { ...state, knowledge, isFeedLive: isLive(event) } };
    },
    change: keep,
    snapshotBegins: beginSnapshot,
    snapshotRead: finish,
  },
  live: {
    ...CONNECTED,
    feed: (state, { event }) => {
      const position = event.position ?? state.knowledge.position;
      return { state: { ...state, knowledge: { kind: 'current', position }, isFeedLive: isLive(event) } };
    },
    change: apply,
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
  return { state: { name: 'stopped', knowledge: abandon(state, book) }, effects: [{ type: 'close' }] };
}

function join(state: Away): Step {
  return { state: { ...state, name: 'joining' } };
}

function lose(state: Connected): Step {
  const { knowledge } = state;
  const name = hasOrders(knowledge) ? 'stale' : 'offline';
  // A connection that was never ready is one more failure of the same series.
  return { state: { name, knowledge, failing: state.name === 'joining' && state.failing } };
}

function beginAgain(state: Connected, { event }: Pick<Event<'ready'>, 'event'>, { book }: SyncContext): Step {
  abandon(state, book);
  return { state: readAnew(state, event) };
}

/** A permanent failure of a request ends the connection too: the tracker could never be complete. */
function requestFailed(state: Connected | Away, { error }: Event<'requestFailed'>, { book }: SyncContext): Step {
  const report = { type: 'failed', error } as const;
  if (!error.permanent) return { state, effects: [report] };
  return { state: { name: 'refused', knowledge: abandon(state, book) }, effects: [{ type: 'close' }, report] };
}

/** Reports the first of several failures in a row, and a permanent one. */
function fail(state: Away, { error }: Event<'failed'>, { book }: SyncContext): Step {
  if (error.code === 'invalid_request' && resumePositionOf(state) !== undefined) {
    // The position is most likely wrong. Without it the next connection starts with a snapshot.
    const left = abandon(state, book);
    return {
      state: { ...state, knowledge: left.kind === 'current' ? { kind: 'outdated' } : left },
      effects: [{ type: 'reconnect' }],
    };
  }
  const report = [{ type: 'failed', error }] as const;
  if (error.permanent) return { state: { name: 'refused', knowledge: abandon(state, book) }, effects: report };
  return { state: { ...state, failing: true }, effects: state.failing ? [] : report };
}

/** A gateway of an older version does not say so. */
const isLive = ({ live }: { live?: boolean }): boolean => live !== false;

/** The next position is the one that the client is told. It compares none, because only the server can. */
function apply(state: State<'live' | 'joining'>, { change }: Event<'change'>, { book, spreadMs }: SyncContext): Step {
  const { position } = change.event;
  const next: SyncState = { ...state, knowledge: { kind: 'current', position } };
  switch (book.apply(change)) {
    case 'gap':
      book.skip(change);
      return { state: readAnew(state, { position }, spreadMs()) };
    case 'applied':
      return { state: next, effects: [{ type: 'change', change }, { type: 'changed' }] };
    case 'unseen':
      return { state: next, effects: [{ type: 'changed' }] };
    case 'known':
      return { state: next };
  }
}
