import { type Order } from '@galley/contracts';
import { type TrackerError } from '../sync/tracker-error.js';
import { type WriteError } from './write-error.js';

/**
 * The states of an edit. `TRANSITIONS` has all transitions:
 *
 *     waiting --> sent --> saved                         or needless, without a request
 *        ^         | |
 *        |         | +---> refused <-- waiting, unsure   the tracker is closed, or the edit is undone or pointless
 *        |         v
 *        |       unsure --> sent                        it is sent again, with the same key
 *        +-------- sent                                 somebody else was first; an undo is sent for the newer revision
 */
export type EditState =
  /** It was not sent, or is certainly not stored. */
  | { name: 'waiting' }
  /**
   * A request is under way.
   * @property problem why the attempt before it has failed
   */
  | { name: 'sent'; problem?: TrackerError }
  /**
   * No answer came, or one that says to try again. The edit may be stored.
   * @property problem why; absent if the tracker was stopped
   */
  | { name: 'unsure'; problem?: TrackerError }
  /**
   * It is stored.
   * @property order the order right after it; absent if it was removed
   */
  | { name: 'saved'; order?: Order }
  /** There was nothing to do: the edit to undo was itself not stored, or has changed nothing. */
  | { name: 'needless' }
  /** It is not stored, and will not be. */
  | { name: 'refused'; error: WriteError };

export type EditEvent =
  | { type: 'send' }
  | { type: 'unanswered'; problem?: TrackerError }
  | { type: 'outdated' }
  | { type: 'saved'; order?: Order }
  | { type: 'needless' }
  | { type: 'refused'; error: WriteError };

type State<Name extends EditState['name']> = Extract<EditState, { name: Name }>;
type Event<Type extends EditEvent['type']> = Extract<EditEvent, { type: Type }>;
type Transitions = {
  [Name in EditState['name']]: {
    [Type in EditEvent['type']]: (state: State<Name>, event: Event<Type>) => EditState;
  };
};

/** What is true of every edit that has ended. An answer may still come after the tracker was closed. */
const ENDED = { send: stay, unanswered: stay, outdated: stay, saved: stay, needless: stay, refused: stay };

/** A transition for each state and event. The compiler checks that none is missing. */
const TRANSITIONS: Transitions = {
  waiting: {
    send: () => ({ name: 'sent' }),
    unanswered: stay,
    outdated: stay,
    saved: stay,
    needless: () => ({ name: 'needless' }),
    refused,
  },
  sent: {
    send: stay,
    unanswered: (_state, { problem }) => ({ name: 'unsure', ...(problem && { problem }) }),
    outdated: () => ({ name: 'waiting' }),
    saved: (_state, { order }) => ({ name: 'saved', ...(order && { order }) }),
    needless: stay,
    refused,
  },
  unsure: {
    send: ({ problem }) => ({ name: 'sent', ...(problem && { problem }) }),
    unanswered: stay,
    outdated: stay,
    saved: stay,
    needless: stay,
    refused,
  },
  saved: ENDED,
  needless: ENDED,
  refused: ENDED,
};

export function transition(state: EditState, event: EditEvent): EditState {
  const take = TRANSITIONS[state.name][event.type] as (state: EditState, event: EditEvent) => EditState;
  return take(state, event);
}

export const hasEnded = ({ name }: EditState): boolean => name === 'saved' || name === 'needless' || name === 'refused';

function stay(state: EditState): EditState {
  return state;
}

function refused(_state: EditState, { error }: Event<'refused'>): EditState {
  return { name: 'refused', error };
}
