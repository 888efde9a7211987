import {
  type AnnouncementEvent,
  type Order,
  type OrderCreatedEvent,
  type OrderDeletedEvent,
  type OrderUpdatedEvent,
  type OrderUpdateEvent,
} from '@galley/contracts';
import { Emitter } from './emitter.js';
import { OrderBook } from './sync/order-book.js';
import { OrderCompletion } from './sync/order-completion.js';
import { type ResyncDifference } from './sync/order-change.js';
import { type Overlay } from './sync/overlay.js';
import { RevisionWaiters } from './sync/revision-waiters.js';
import { type ShownOrders } from './sync/shown-orders.js';
import { Synchronizer, type SynchronizerParts } from './sync/synchronizer.js';
import { TrackerError } from './sync/tracker-error.js';

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
  /** Sent once for several failures in a row. Unless the error is `permanent`, the tracker goes on by itself. */
  error: TrackerError;
}

export const EVENT_NAMES = Object.keys({
  created: true,
  updated: true,
  deleted: true,
  resync: true,
  announcement: true,
  error: true,
} satisfies Record<keyof TrackerEvents, true>) as (keyof TrackerEvents)[];

/** All methods are bound, so they can be passed on as functions. */
export interface TrackerOf<State, Events extends object> {
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
  on: <Name extends keyof Events>(name: Name, handler: (payload: Events[Name]) => void) => () => void;
  /**
   * Resolves once the state has this revision of the order or a later one, or the order is deleted or does not match the
   * filter any more.
   * @throws the reason of the signal if that is aborted; TrackerError if the tracker is closed or has given up; TypeError if
   * the revision is none
   */
  when: (orderId: string, revision: number, options?: { signal?: AbortSignal }) => Promise<void>;
  /** Connects again after `stop`, or after a permanent refusal and `stop`; otherwise does nothing. */
  start: () => void;
  /** Disconnects. What the state shows stays as it is, and the next `start` continues from it. */
  stop: () => void;
}

/** Reads, and never writes. */
export interface Tracker<State, Updated extends OrderUpdateEvent = OrderUpdatedEvent> extends TrackerOf<
  State,
  TrackerEvents<Updated>
> {
  /** Ends the tracker. It sends no more events, and cannot be started again. */
  close: () => void;
}

export interface TrackerParts<State> extends Omit<SynchronizerParts, 'book'> {
  stateOf: (synchronizer: Synchronizer, orders: ShownOrders) => State;
  /** Which orders are tracked; if absent, all. */
  matches?: (order: Order) => boolean;
  /** Fetches the order, if its updates do not carry it. */
  fetchOrder?: (signal: AbortSignal) => Promise<Order | undefined>;
}

/** What an extension needs of its tracker. */
export interface TrackerBase {
  /** The confirmed orders. */
  book: () => OrderBook;
  /** Must be called when the extension shows something else. */
  changed: () => void;
  /** Ends the tracker. */
  close: () => void;
}

/** What a tracker does beside reading. */
export interface Extension<Fields, Methods> {
  overlay: Overlay;
  /** More fields of the state. */
  fields: () => Fields;
  /** More methods of the tracker. */
  methods: Methods;
}

/**
 * Creates a store that can be subscribed to, with a synchronizer that keeps it up to date, and starts it.
 * @param extend makes what the tracker does beside reading
 */
export function createTracker<State, Updated extends OrderUpdateEvent, Fields extends object, Methods extends object>(
  { stateOf, matches, fetchOrder, ...parts }: TrackerParts<State>,
  events: Pick<Emitter<TrackerEvents<Updated>>, keyof Emitter<object>> = new Emitter(EVENT_NAMES),
  extend?: (base: TrackerBase) => Extension<Fields, Methods>,
): Tracker<State & Fields, Updated> & Methods {
  const { clock, jitter } = parts;
  const book = new OrderBook(matches);
  const waiters = new RevisionWaiters(book);
  const store = new Emitter<{ change: undefined }>(['change']);
  let state: object | undefined;
  let cancelNotice: (() => void) | undefined;
  let isClosed = false;

  const changed = () => {
    state = undefined;
    if (isClosed) return;
    overlay?.compare();
    waiters.check();
    completion?.follow(synchronizer.connection === 'live');
    cancelNotice ??= clock.after(0, () => {
      cancelNotice = undefined;
      store.emit('change', undefined);
    });
  };
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    synchronizer.stop();
    overlay?.end();
    completion?.stop();
    cancelNotice?.();
    waiters.end(closedError());
    events.clear();
    store.clear();
  };
  const synchronizer: Synchronizer = new Synchronizer({ ...parts, book }, (notice) => {
    switch (notice.type) {
      case 'changed':
        changed();
        return;
      case 'connection':
        changed();
        if (synchronizer.connection === 'live') overlay?.wake();
        return;
      case 'change':
        events.emit(notice.change.type, notice.change.event);
        return;
      case 'snapshotBegins':
        waiters.snapshotBegins();
        overlay?.snapshotBegins();
        return;
      case 'resync':
        waiters.snapshotTaken();
        overlay?.snapshotTaken();
        events.emit('resync', notice.difference);
        return;
      case 'announcement':
        events.emit('announcement', notice.event);
        return;
      case 'failed':
        if (notice.error.permanent) waiters.end(notice.error);
        events.emit('error', notice.error);
        return;
      case 'woken':
        completion?.wake();
        overlay?.wake();
    }
  });
  const completion =
    fetchOrder && new OrderCompletion({ book, fetchOrder, clock, jitter, completed: changed, outcomes: synchronizer });
  const extension = extend?.({ book: () => synchronizer.shown, changed, close });
  const overlay = extension?.overlay;
  const start = () => {
    if (isClosed) throw closedError();
    waiters.resume();
    synchronizer.start();
    overlay?.start();
  };
  start();

  const tracker: Tracker<State & Fields, Updated> = {
    subscribe: (listener) => store.on('change', listener),
    getSnapshot: () => {
      state ??= { ...stateOf(synchronizer, overlay?.orders ?? synchronizer.shown), ...extension?.fields() };
      return state as State & Fields;
    },
    on: (name, handler) => events.on(name, handler),
    when: async (orderId, revision, { signal } = {}) => {
      // It would wait forever, for example for the revision of an answer that was a refusal.
      if (!Number.isInteger(revision)) throw new TypeError(`The revision must be a whole number, not ${revision}`);
      await waiters.wait(orderId, revision, signal);
    },
    start,
    stop: () => {
      synchronizer.stop();
      overlay?.stop();
    },
    close,
  };
  return { ...tracker, ...extension?.methods } as typeof tracker & Methods;
}

const closedError = () => new TrackerError('The tracker is closed', { permanent: true });
