import { type AnnouncementEvent, type FeedEvent, type ReadyEvent, type ResyncEvent } from '@galley/contracts';
import { type OrderBook } from './order-book.js';
import { type OrderChange, type ResyncDifference } from './order-change.js';
import { pause, readSnapshot, type SnapshotParts } from './snapshot.js';
import { knowledgeOf, type Effect, type SyncEvent, type SyncState } from './sync-state.js';
import { transition } from './transitions.js';
import { type TrackerError } from './tracker-error.js';
import { type Transport, type TransportListener } from './transport.js';

/**
 * - `live`: connected, and every change up to now is known.
 * - `catching-up`: connected, and the missed changes are on their way.
 * - `stale`: the connection was lost or silent a moment ago, or the gateway says that it gets no changes now. The orders may
 *   be old.
 * - `offline`: not connected for longer than that, never connected yet, or stopped.
 */
export type ConnectionState = 'live' | 'catching-up' | 'stale' | 'offline';

const CONNECTION: Record<SyncState['name'], ConnectionState> = {
  stopped: 'offline',
  offline: 'offline',
  refused: 'offline',
  stale: 'stale',
  joining: 'catching-up',
  reading: 'catching-up',
  live: 'live',
};

const connectionOf = (state: SyncState): ConnectionState =>
  state.name === 'live' && !state.isFeedLive ? 'stale' : CONNECTION[state.name];

const RESYNC_SPREAD_MS = 2_000;

/** The connection is given up after this many heartbeats of silence. */
const SILENT_HEARTBEATS = 2.5;

/** Used until a gateway has said how often it sends `feed`. */
const ASSUMED_HEARTBEAT_MS = 5_000;

export interface SynchronizerParts extends SnapshotParts {
  book: OrderBook;
  transport: Transport;
  /** Milliseconds without a connection after which `stale` becomes `offline`. */
  offlineAfterMs: number;
}

export interface SynchronizerListener {
  /** Called when the connection or the orders have changed. */
  changed(): void;
  /** Called when this change was applied to the orders. */
  applied(change: OrderChange): void;
  /** Called when a snapshot has replaced the orders. Later changes follow it. */
  resynced(difference: ResyncDifference): void;
  /** Called when a snapshot begins. It has every change that was committed before. */
  snapshotBegins(): void;
  announced(event: AnnouncementEvent): void;
  failed(error: TrackerError): void;
}

/**
 * Keeps the book equal to the orders of the server: first a snapshot, then each change. After an interruption it gets
 * the missed changes, or takes another snapshot. `transitions.ts` decides what to do. This class owns the connection, the
 * timers and the requests.
 */
export class Synchronizer implements TransportListener {
  private state: SyncState = { name: 'stopped', knowledge: { kind: 'nothing' } };
  private heartbeatMs = ASSUMED_HEARTBEAT_MS;
  private lastHeardAt = 0;
  private reading?: AbortController;
  private cancelWatch?: () => void;
  private cancelLongAway?: () => void;

  constructor(
    private readonly parts: SynchronizerParts,
    private readonly listener: SynchronizerListener,
  ) {}

  get connection(): ConnectionState {
    return connectionOf(this.state);
  }

  /** The position of the orders in the change feed; absent if it is not known. */
  get position(): string | undefined {
    const knowledge = knowledgeOf(this.state);
    return knowledge.kind === 'current' ? knowledge.position : undefined;
  }

  start(): void {
    this.dispatch({ type: 'start' });
  }

  /** Disconnects. The known orders stay, and the next start continues from them. */
  stop(): void {
    this.dispatch({ type: 'stop' });
  }

  auth(): { feed: true; position?: string } {
    const { position } = this;
    return { feed: true, ...(position !== undefined && { position }) };
  }

  connected(): void {
    this.recordHeard();
    this.dispatch({ type: 'connected' });
  }

  disconnected(): void {
    this.dispatch({ type: 'disconnected' });
  }

  failed(error: TrackerError): void {
    this.dispatch({ type: 'failed', error });
  }

  /** Timers may have stopped for a long time. A connection that was silent all that time is given up at once. */
  woken(): void {
    if (isConnected(this.state)) this.watchSilence();
  }

  ready(event: ReadyEvent): void {
    this.recordHeard();
    // A gateway of an older version does not send it.
    if (event.heartbeatMs > 0) this.heartbeatMs = event.heartbeatMs;
    this.watchSilence();
    this.dispatch({ type: 'ready', event });
  }

  resync(event: ResyncEvent): void {
    this.recordHeard();
    this.dispatch({ type: 'resync', event });
  }

  feed(event: FeedEvent): void {
    this.recordHeard();
    this.dispatch({ type: 'feed', event });
  }

  announcement(event: AnnouncementEvent): void {
    this.recordHeard();
    this.listener.announced(event);
  }

  change(change: OrderChange): void {
    this.recordHeard();
    this.dispatch({ type: 'change', change });
  }

  private dispatch(event: SyncEvent): void {
    const before = this.state;
    const { book, jitter } = this.parts;
    const { state, effects = [] } = transition(before, event, { book, spreadMs: () => jitter() * RESYNC_SPREAD_MS });
    this.state = state;
    this.follow(before, state);
    for (const effect of effects) this.carryOut(effect);
    if (connectionOf(before) !== connectionOf(state)) this.listener.changed();
  }

  /** Starts and stops the work that belongs to a state. */
  private follow(before: SyncState, now: SyncState): void {
    if (before.name !== now.name) {
      this.cancelLongAway?.();
      if (now.name === 'stale') {
        this.cancelLongAway = this.parts.clock.after(this.parts.offlineAfterMs, () => {
          this.dispatch({ type: 'longAway' });
        });
      }
    }
    if (isConnected(before) !== isConnected(now)) {
      this.cancelWatch?.();
      if (isConnected(now)) this.watchSilence();
    }
    const keptBefore = before.name === 'reading' ? before.kept : undefined;
    const keptNow = now.name === 'reading' ? now.kept : undefined;
    if (keptBefore === keptNow) return;
    this.reading?.abort();
    if (now.name === 'reading') void this.read(now.delayMs, (this.reading = new AbortController()).signal);
  }

  private carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'open':
        this.parts.transport.open(this);
        return;
      case 'close':
        this.parts.transport.close();
        return;
      case 'reconnect':
        this.parts.transport.reconnect();
        return;
      case 'changed':
        this.listener.changed();
        return;
      case 'tell':
        this.listener.applied(effect.change);
        return;
      case 'tellSnapshotBegins':
        this.listener.snapshotBegins();
        return;
      case 'tellResync':
        this.listener.resynced(effect.difference);
        return;
      case 'tellFailure':
        this.listener.failed(effect.error);
        return;
    }
  }

  private async read(delayMs: number, signal: AbortSignal): Promise<void> {
    if (delayMs > 0) await pause(this.parts.clock, delayMs, signal);
    if (signal.aborted) return;
    this.dispatch({ type: 'snapshotBegins' });
    const orders = await readSnapshot(this.parts, signal, (error) => {
      this.listener.failed(error);
    });
    if (orders) this.dispatch({ type: 'snapshotRead', orders });
  }

  private recordHeard(): void {
    this.lastHeardAt = this.parts.clock.now();
  }

  /** Gives up the connection once it has been silent for too long. */
  private watchSilence(): void {
    this.cancelWatch?.();
    const { clock, transport } = this.parts;
    const leftMs = this.lastHeardAt + SILENT_HEARTBEATS * this.heartbeatMs - clock.now();
    if (leftMs > 0) {
      this.cancelWatch = clock.after(leftMs, () => {
        this.watchSilence();
      });
    } else transport.reconnect();
  }
}

const isConnected = ({ name }: SyncState) => name === 'joining' || name === 'reading' || name === 'live';
