import { type Tracker } from '@galley/client';

/** How long a tracker without components stays open at least: StrictMode's second mount, or the next page, may want it. */
const LINGER_MS = 2_000;

/** What components need of a tracker. */
export type AnyTracker = Pick<Tracker<{ pending: readonly unknown[] }>, 'subscribe' | 'getSnapshot' | 'close'>;

export type StateOf<T extends AnyTracker> = ReturnType<T['getSnapshot']>;

/** A tracker for event handlers and effects: to write, to wait, to hear events. */
export interface TrackerRef<T> {
  /** The tracker. Rendering must not read it, because that would connect, on a server too. */
  readonly current: T;
}

/**
 * A tracker that any number of components share. It is opened for the first of them, and closed a moment after the last, once
 * its edits are stored or refused. Its functions are bound, as `useSyncExternalStore` wants them.
 */
export class SharedTracker<T extends AnyTracker> {
  readonly #create: () => T;
  readonly #initial: StateOf<T>;
  readonly #changed: () => void;
  #tracker?: T;
  #users = 0;
  #closing?: ReturnType<typeof setTimeout>;

  /** What hooks give to components. */
  readonly ref: TrackerRef<T>;

  /**
   * @param initial the state before the tracker is opened, and on a server
   * @param changed called whenever the tracker has changed, or was opened or closed
   */
  constructor(create: () => T, initial: StateOf<T>, changed: () => void) {
    this.#create = create;
    this.#initial = initial;
    this.#changed = changed;
    const open = () => this.#open();
    this.ref = {
      get current() {
        return open();
      },
    };
  }

  /** The state of the tracker while it is open. */
  get state(): StateOf<T> | undefined {
    return this.#tracker?.getSnapshot() as StateOf<T> | undefined;
  }

  readonly getSnapshot = (): StateOf<T> => this.state ?? this.#initial;

  readonly getServerSnapshot = (): StateOf<T> => this.#initial;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#users++;
    const unsubscribe = this.#open().subscribe(listener);
    return () => {
      unsubscribe();
      this.#users--;
      this.#closeSoonIfUnused();
    };
  };

  #open(): T {
    if (!this.#tracker) {
      this.#tracker = this.#create();
      this.#tracker.subscribe(this.#changed);
      this.#changed();
    }
    this.#closeSoonIfUnused();
    return this.#tracker;
  }

  #closeSoonIfUnused(): void {
    clearTimeout(this.#closing);
    if (this.#users > 0) return;
    this.#closing = setTimeout(() => {
      if (this.state?.pending.length) {
        this.#closeSoonIfUnused();
        return;
      }
      this.#tracker?.close();
      this.#tracker = undefined;
      this.#changed();
    }, LINGER_MS);
  }
}
