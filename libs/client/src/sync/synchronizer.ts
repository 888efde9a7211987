import { type OrderBook } from './order-book.js';
import { type Clock, type Jitter } from './clock.js';
import { connectionOf, type ConnectionState } from './connection-state.js';
import { Retries } from './retries.js';
import { SilenceWatch } from './silence-watch.js';
import { readSnapshot, until, type RequestOutcomes } from './snapshot.js';
import {
  hasOrders,
  readingOf,
  resumePositionOf,
  type Effect,
  type Notice,
  type SyncEvent,
  type SyncState,
} from './sync-state.js';
import { transition } from './transitions.js';
import { type TrackerError } from './tracker-error.js';
import { type FetchPage, type Transport, type TransportEvent, type TransportListener } from './transport.js';

const RESYNC_SPREAD_MS = 2_000;

export interface SynchronizerParts {
  book: OrderBook;
  fetchPage: FetchPage;
  clock: Clock;
  jitter: Jitter;
  transport: Transport;
  /** Milliseconds without a connection after which `stale` becomes `offline`. */
  offlineAfterMs: number;
}

/**
 * Keeps the book equal to the orders of the server: first a snapshot, then each change. After an interruption it gets
 * the missed changes, or takes another snapshot. A snapshot goes on during an interruption. `transitions.ts` decides what to
 * do. This class owns the connection, the timers and the requests.
 */
export class Synchronizer implements TransportListener, RequestOutcomes {
  readonly #parts: SynchronizerParts;
  readonly #tell: (notice: Notice) => void;
  #state: SyncState = { name: 'stopped', knowledge: { kind: 'nothing' } };
  readonly #silence: SilenceWatch;
  #reading?: AbortController;
  /** What the first snapshot has brought so far, while it is on its way. */
  #firstPages?: OrderBook;
  readonly #pageRetries: Retries;
  /** Whether the last request has failed, and that was reported. */
  #isRequestFailing = false;
  #cancelLongAway?: () => void;
  /** The name of the last gateway that was ready. */
  gateway?: string;

  /** @param tell is told what happens */
  constructor(parts: SynchronizerParts, tell: (notice: Notice) => void) {
    this.#parts = parts;
    this.#tell = tell;
    this.#pageRetries = new Retries(parts.clock, parts.jitter);
    this.#silence = new SilenceWatch(parts.clock, () => {
      parts.transport.reconnect();
    });
  }

  get connection(): ConnectionState {
    return connectionOf(this.#state);
  }

  /** The position of the orders in the change feed; absent if it is not known. */
  get position(): string | undefined {
    const { knowledge } = this.#state;
    return knowledge.kind === 'current' ? knowledge.position : undefined;
  }

  /** The orders to show. */
  get shown(): OrderBook {
    return this.#firstPages ?? this.#parts.book;
  }

  /** Whether a snapshot was ever completed. */
  get isComplete(): boolean {
    return hasOrders(this.#state.knowledge);
  }

  start(): void {
    this.#dispatch({ type: 'start' });
  }

  /** Disconnects. The known orders stay, and the next start continues from them. */
  stop(): void {
    this.#dispatch({ type: 'stop' });
  }

  auth(): ReturnType<TransportListener['auth']> {
    return { feed: true, position: resumePositionOf(this.#state) };
  }

  receive(event: TransportEvent): void {
    if (event.type === 'woken') {
      this.#silence.wake();
      this.#pageRetries.wake();
      this.#tell(event);
      return;
    }
    this.#silence.recordHeard();
    if (event.type === 'announcement') {
      this.#tell(event);
      return;
    }
    if (event.type === 'ready') {
      this.#silence.follow(event.event.heartbeatMs);
      this.gateway = event.event.gateway;
      this.#tell({ type: 'changed' });
    }
    this.#dispatch(event);
    if (event.type !== 'change' || !this.#firstPages) return;
    this.#firstPages.apply(event.change);
    this.#tell({ type: 'changed' });
  }

  /** Reports the first of several failures, and a permanent one. */
  requestFailed(error: TrackerError): void {
    if (this.#isRequestFailing && !error.permanent) return;
    this.#isRequestFailing = !error.permanent;
    this.#dispatch({ type: 'requestFailed', error });
  }

  requestAnswered(): void {
    this.#isRequestFailing = false;
  }

  #dispatch(event: SyncEvent): void {
    const before = this.#state;
    const { book, jitter } = this.#parts;
    const { state, effects = [] } = transition(before, event, { book, spreadMs: () => jitter() * RESYNC_SPREAD_MS });
    this.#state = state;
    this.#follow(before, state);
    for (const effect of effects) this.#carryOut(effect);
    if (connectionOf(state) !== connectionOf(before)) this.#tell({ type: 'connection' });
  }

  /** Starts and stops the work that belongs to a state. */
  #follow(before: SyncState, now: SyncState): void {
    if (before.name !== now.name) {
      this.#cancelLongAway?.();
      if (now.name === 'stale') {
        this.#cancelLongAway = this.#parts.clock.after(this.#parts.offlineAfterMs, () => {
          this.#dispatch({ type: 'longAway' });
        });
      }
    }
    if (isConnected(before) !== isConnected(now)) {
      if (isConnected(now)) this.#silence.start();
      else this.#silence.stop();
    }
    const reading = readingOf(now);
    if (readingOf(before)?.kept === reading?.kept) return;
    this.#reading?.abort();
    // They stay if another snapshot has to begin. A new book would take changes that come again for news.
    if (hasOrders(now.knowledge)) this.#firstPages = undefined;
    else if (reading) this.#firstPages ??= this.#parts.book.another();
    if (reading) void this.#read(reading.delayMs, (this.#reading = new AbortController()).signal);
  }

  #carryOut(effect: Effect): void {
    const { transport } = this.#parts;
    switch (effect.type) {
      case 'open':
        transport.open(this);
        return;
      case 'close':
      case 'reconnect':
        transport[effect.type]();
        return;
      default:
        this.#tell(effect);
    }
  }

  async #read(delayMs: number, signal: AbortSignal): Promise<void> {
    if (delayMs > 0) await until(signal, (done) => this.#parts.clock.after(delayMs, done));
    if (signal.aborted) return;
    this.#dispatch({ type: 'snapshotBegins' });
    const orders = await readSnapshot(this.#parts.fetchPage, this.#pageRetries, signal, this, (page) => {
      this.#firstPages?.add(page);
      this.#tell({ type: 'changed' });
    });
    if (orders) this.#dispatch({ type: 'snapshotRead', orders });
  }
}

const isConnected = ({ name }: SyncState) => name === 'joining' || name === 'reading' || name === 'live';
