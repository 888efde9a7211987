import {
  type AnnouncementEvent,
  type Order,
  type OrderCreatedEvent,
  type OrderDeletedEvent,
  type OrderUpdatedEvent,
  type OrderUpdateEvent,
} from '@galley/contracts';
import { systemClock, type Clock } from './sync/clock.js';
import { Emitter } from './emitter.js';
import { OrderBook } from './sync/order-book.js';
import { OrderCompletion } from './sync/order-completion.js';
import { type OrderChange, type ResyncDifference } from './sync/order-change.js';
import { RevisionWaiters } from './sync/revision-waiters.js';
import { Synchronizer, type SynchronizerParts } from './sync/synchronizer.js';
import { TrackerError } from './sync/tracker-error.js';
import { type Sources } from './tracker-state.js';
import { type EditTexts, type Write } from './writes/write.js';
import { type RefusedEdit } from './writes/reported-edits.js';
import { type WriteTransport } from './writes/sender.js';
import { Writer } from './writes/writer.js';
import { type Writes } from './writes/writes.js';

/**
 * The events of a tracker. Each change comes once, and the changes of an order in the order of their revisions. With a filter,
 * these are the changes of orders that match before the change or after it: an order that comes back comes with `updated`.
 */
export interface TrackerEvents<Updated extends OrderUpdateEvent = OrderUpdatedEvent> {
  created: OrderCreatedEvent;
  updated: Updated;
  deleted: OrderDeletedEvent;
  /** Sent after a snapshot, which is taken at the start and after missed changes, with everything that it changed. */
  resync: ResyncDifference;
  announcement: AnnouncementEvent;
  /** An edit was taken back, other than by `undo` or `close`. */
  refused: RefusedEdit;
  /** Sent once for several failures in a row. Unless the error is `permanent`, the tracker goes on by itself. */
  error: TrackerError;
}

/** The names of the events, for programs that no compiler has checked. */
const EVENT_NAMES = {
  created: true,
  updated: true,
  deleted: true,
  resync: true,
  announcement: true,
  refused: true,
  error: true,
} satisfies Record<keyof TrackerEvents, true>;

/** All methods are bound, so they can be passed on as functions. */
export interface Tracker<State, Updated extends OrderUpdateEvent = OrderUpdatedEvent> extends Omit<Writes, 'close'> {
  /**
   * Calls the listener after changes of the state, once for all that arrive together. @returns a function that ends
   * this
   */
  subscribe: (listener: () => void) => () => void;
  /** The current state: the same object until something changes. */
  getSnapshot: () => State;
  /**
   * @returns a function that removes the handler
   * @throws TypeError if there is no such event
   */
  on: <Name extends keyof TrackerEvents<Updated>>(
    name: Name,
    handler: (payload: TrackerEvents<Updated>[Name]) => void,
  ) => () => void;
  /**
   * Resolves once the state has this revision of the order or a later one, or the order is deleted or does not match the
   * filter any more.
   * @throws the reason of the signal if that is aborted; TrackerError if the tracker is closed or has given up; TypeError if
   * the revision is none
   */
  when: (orderId: string, revision: number, options?: { signal?: AbortSignal }) => Promise<void>;
  /** Connects again after `stop`, or after a permanent refusal and `stop`; otherwise does nothing. */
  start: () => void;
  /** Disconnects. The orders and the edits stay as they are, and the next `start` continues from them. */
  stop: () => void;
  close: {
    /** Ends the tracker. It takes its open edits back, sends no more events, and cannot be started again. */
    (): void;
    /**
     * Closes an order.
     * @throws TypeError if the id is not a text: it may be missing, and would end the tracker
     */
    (orderId: string, texts?: EditTexts): Write<Order>;
  };
}

export interface TrackerParts<State> extends Omit<SynchronizerParts, 'book' | 'clock'> {
  clock?: Clock;
  stateOf: (sources: Sources) => State;
  /** The requests that write. */
  writes: WriteTransport;
  /** Which orders are tracked; if absent, all. */
  matches?: (order: Order) => boolean;
  /** Fetches the order, if its updates do not carry it. */
  fetchOrder?: (signal: AbortSignal) => Promise<Order | undefined>;
}

/** Creates a store that can be subscribed to, with a synchronizer that keeps it up to date, and starts it. */
export function createTracker<State, Updated extends OrderUpdateEvent>(
  parts: TrackerParts<State>,
): Tracker<State, Updated> {
  const { clock = systemClock, stateOf, matches, fetchOrder, jitter } = parts;
  const book = new OrderBook(matches);
  const waiters = new RevisionWaiters(book);
  const events = new Emitter<TrackerEvents<Updated>>();
  const store = new Emitter<{ change: undefined }>();
  let state: State | undefined;
  let cancelNotice: (() => void) | undefined;
  let isClosed = false;

  const changed = () => {
    state = undefined;
    if (isClosed) return;
    writer.answers.compareWith(synchronizer.shown);
    waiters.check();
    completion?.follow(synchronizer.connection === 'live');
    cancelNotice ??= clock.after(0, () => {
      cancelNotice = undefined;
      store.emit('change', undefined);
    });
  };
  const outcomes = {
    failed: (error: TrackerError) => {
      synchronizer.requestFailed(error);
    },
    answered: () => {
      synchronizer.requestAnswered();
    },
  };
  const completion =
    fetchOrder && new OrderCompletion({ book, fetchOrder, clock, jitter, completed: changed, outcomes });
  const writer = new Writer({
    ...{ transport: parts.writes, clock, jitter, matches, changed },
    book: () => synchronizer.shown,
    refused: (edit) => {
      events.emit('refused', edit);
    },
  });
  const synchronizer = new Synchronizer(
    { ...parts, book, clock },
    {
      changed,
      connectionChanged: (connection) => {
        changed();
        if (connection === 'live') writer.wake();
      },
      applied: (change: OrderChange) => {
        events.emit(change.type, change.event);
      },
      resynced: (difference) => {
        waiters.snapshotTaken();
        writer.answers.snapshotTaken();
        events.emit('resync', difference);
      },
      snapshotBegins: () => {
        waiters.snapshotBegins();
        writer.answers.snapshotBegins();
      },
      announced: (event) => {
        events.emit('announcement', event);
      },
      failed: (error) => {
        if (error.permanent) waiters.end(error);
        events.emit('error', error);
      },
      woken: () => {
        completion?.wake();
        writer.wake();
      },
    },
  );
  const start = () => {
    if (isClosed) throw new TrackerError('The tracker is closed', { permanent: true });
    waiters.resume();
    synchronizer.start();
    writer.start();
  };
  start();
  const end = () => {
    if (isClosed) return;
    isClosed = true;
    synchronizer.stop();
    writer.end();
    completion?.stop();
    cancelNotice?.();
    waiters.end(new TrackerError('The tracker is closed', { permanent: true }));
    events.clear();
    store.clear();
  };

  return {
    subscribe: (listener) => store.on('change', listener),
    getSnapshot: () => (state ??= stateOf({ synchronizer, writer })),
    on: (name, handler) => {
      if (Object.hasOwn(EVENT_NAMES, name)) return events.on(name, handler);
      throw new TypeError(`There is no event ${JSON.stringify(name)}, only ${Object.keys(EVENT_NAMES).join(', ')}`);
    },
    when: async (orderId, revision, { signal } = {}) => {
      // It would wait forever, for example for the revision of an answer that was a refusal.
      if (!Number.isInteger(revision)) throw new TypeError(`The revision must be a whole number, not ${revision}`);
      await waiters.wait(orderId, revision, signal);
    },
    ...writesOf(writer),
    start,
    stop: () => {
      synchronizer.stop();
      writer.stop();
    },
    close: ((...args: [] | [orderId: string, texts?: EditTexts]) => {
      if (args.length !== 0) return writer.close(...args);
      end();
      return undefined;
    }) as Tracker<State>['close'],
  };
}

const writesOf = ({ place, change, move, remove, undo, dismiss }: Writer): Omit<Writes, 'close'> => ({
  ...{ place, change, move, remove, undo, dismiss },
});
