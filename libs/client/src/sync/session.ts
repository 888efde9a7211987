import {
  type AnnouncementEvent,
  type FeedEvent,
  type Order,
  type ReadyEvent,
  type ResyncEvent,
} from '@galley/contracts';
import { type OrderBook } from './order-book.js';
import { type OrderChange, type ResyncDifference } from './order-change.js';
import { laterPosition } from './resume-position.js';
import { pause, readSnapshot, type SnapshotParts } from './snapshot.js';
import { type TrackerError } from './tracker-error.js';
import { type Transport, type TransportListener } from './transport.js';

/**
 * - `live`: connected, and every change up to now is known.
 * - `catching-up`: connected; what was missed is on its way.
 * - `stale`: was live, and the connection was lost or silent a moment ago; the orders may be old.
 * - `offline`: not connected for longer than that, or never yet.
 */
export type ConnectionState = 'live' | 'catching-up' | 'stale' | 'offline';

/** Milliseconds over which clients spread the new snapshots that one cause makes all of them take. */
const RESYNC_SPREAD = 2_000;

/** The connection is given up after this many heartbeats of silence. */
const SILENT_HEARTBEATS = 2.5;

/** Changes kept during a snapshot; past this many, a snapshot that starts later is cheaper. */
const MAX_BUFFERED = 50_000;

export interface SessionParts extends SnapshotParts {
  book: OrderBook;
  transport: Transport;
  /** Milliseconds between two `feed` events of the gateway. */
  heartbeatMs: number;
  /** Milliseconds without a connection after which `stale` becomes `offline`. */
  offlineAfterMs: number;
}

export interface SessionListener {
  /** The connection or the orders have changed. */
  changed(): void;
  /** This change was applied to the orders. */
  told(change: OrderChange): void;
  /** A snapshot has taken the place of the orders; changes go on from it. */
  resynced(difference: ResyncDifference): void;
  /** A snapshot that starts from now on has every change that was committed before. */
  snapshotStarts(): void;
  announced(event: AnnouncementEvent): void;
  failed(error: TrackerError): void;
}

/**
 * Keeps the book equal to the orders of the server: a snapshot first, then each change, then, after an interruption,
 * what was missed, or a snapshot again.
 *
 * A snapshot is read while connected. It has every change that was told before it began; those told meanwhile are
 * kept and applied on top of it.
 */
export class Session implements TransportListener {
  connection: ConnectionState = 'offline';
  /** All changes up to here were told on some connection; worth something only together with a snapshot. */
  position?: string;
  /** Whether a snapshot was completed, and no change was missed since. */
  private synced = false;
  private everSynced = false;
  private readonly buffer: OrderChange[] = [];
  /** Snapshots in a row that took longer than their changes could be kept. */
  private overflows = 0;
  private snapshot?: AbortController;
  private wasRefused = false;
  private lastHeard = 0;
  private stopWatching?: () => void;
  private stopWaiting?: () => void;

  constructor(
    private readonly parts: SessionParts,
    private readonly listener: SessionListener,
  ) {}

  open(): void {
    this.parts.transport.open(this);
  }

  close(): void {
    this.parts.transport.close();
    this.disconnected();
    this.stopWaiting?.();
    this.enter('offline');
  }

  auth(): { feed: true; position?: string } {
    return { feed: true, ...(this.synced && this.position !== undefined && { position: this.position }) };
  }

  connected(): void {
    this.wasRefused = false;
    this.stopWaiting?.();
    this.enter('catching-up');
    this.heard();
    this.watch();
  }

  disconnected(): void {
    this.stopWatching?.();
    this.abandonSnapshot();
    if (this.connection === 'stale' || this.connection === 'offline') return;
    this.enter(this.everSynced ? 'stale' : 'offline');
    this.stopWaiting = this.parts.clock.after(this.parts.offlineAfterMs, () => {
      this.enter('offline');
    });
  }

  refused(error: TrackerError): void {
    if (error.code === 'invalid_request' && this.auth().position !== undefined) {
      // Most likely about the position, which nobody needs: without it the next connection starts with a snapshot.
      this.synced = false;
      this.parts.transport.remake();
      return;
    }
    if (error.permanent) {
      this.stopWaiting?.();
      this.enter('offline');
    }
    if (error.permanent || !this.wasRefused) this.listener.failed(error);
    this.wasRefused = true;
  }

  ready({ position, recovered }: ReadyEvent): void {
    this.heard();
    if (!recovered || !this.synced) {
      this.position = position;
      this.takeSnapshot(0);
      return;
    }
    if (position !== undefined) this.position = laterPosition(this.position, position);
    this.enter('live');
  }

  resync({ position }: ResyncEvent): void {
    this.heard();
    this.position = position;
    this.takeSnapshot(this.parts.jitter() * RESYNC_SPREAD);
  }

  feed({ position }: FeedEvent): void {
    this.heard();
    this.position = laterPosition(this.position, position);
  }

  announcement(event: AnnouncementEvent): void {
    this.heard();
    this.listener.announced(event);
  }

  change(change: OrderChange): void {
    this.heard();
    const position = laterPosition(this.position, change.event.position);
    // Up to the known position all is told, or in the snapshot that is taken: this is a repetition.
    if (position === this.position) return;
    this.position = position;
    this.applyOrKeep(change);
  }

  private applyOrKeep(change: OrderChange): void {
    if (this.synced) this.apply(change);
    else if (this.snapshot) this.keep(change);
  }

  private apply(change: OrderChange): void {
    const outcome = this.parts.book.apply(change);
    if (outcome === 'gap') this.takeSnapshot(this.parts.jitter() * RESYNC_SPREAD);
    if (outcome === 'applied') this.listener.told(change);
    if (outcome === 'applied' || outcome === 'buried') this.listener.changed();
  }

  private keep(change: OrderChange): void {
    this.buffer.push(change);
    if (this.buffer.length > MAX_BUFFERED)
      this.takeSnapshot(this.parts.jitter() * RESYNC_SPREAD * 2 ** Math.min(this.overflows++, 4));
  }

  private takeSnapshot(delay: number): void {
    this.synced = false;
    this.abandonSnapshot();
    this.enter('catching-up');
    const { signal } = (this.snapshot = new AbortController());
    void this.readSnapshot(delay, signal);
  }

  private abandonSnapshot(): void {
    this.snapshot?.abort();
    this.snapshot = undefined;
    this.discardBuffer();
  }

  /** What was told before a snapshot begins is in it. Deletions are remembered all the same, should it be behind. */
  private discardBuffer(): void {
    for (const change of this.buffer.splice(0)) {
      if (change.type === 'deleted') this.parts.book.bury(change);
    }
  }

  private async readSnapshot(delay: number, signal: AbortSignal): Promise<void> {
    if (delay > 0) await pause(this.parts.clock, delay, signal);
    if (signal.aborted) return;
    this.discardBuffer();
    this.listener.snapshotStarts();
    const orders = await readSnapshot(this.parts, signal, (error) => {
      this.listener.failed(error);
    });
    if (orders) this.finishSnapshot(orders);
  }

  private finishSnapshot(orders: Order[]): void {
    const told = this.buffer.splice(0);
    this.snapshot = undefined;
    this.synced = true;
    this.everSynced = true;
    this.overflows = 0;
    this.connection = 'live';
    this.listener.resynced(this.parts.book.replace(orders));
    this.applyKept(told);
    this.listener.changed();
  }

  private applyKept(told: OrderChange[]): void {
    const deleted = new Set(told.filter(({ type }) => type === 'deleted').map(({ event }) => event.orderId));
    for (const change of told) {
      // An order that was updated, then deleted, while the pages were read is on none of them: nothing is missing.
      if (this.synced && deleted.has(change.event.orderId) && !this.parts.book.canFollow(change)) continue;
      this.applyOrKeep(change);
    }
  }

  private heard(): void {
    this.lastHeard = this.parts.clock.now();
  }

  private watch(): void {
    const { clock, heartbeatMs, transport } = this.parts;
    const left = this.lastHeard + SILENT_HEARTBEATS * heartbeatMs - clock.now();
    if (left > 0) {
      this.stopWatching = clock.after(left, () => {
        this.watch();
      });
    } else {
      transport.remake();
    }
  }

  private enter(connection: ConnectionState): void {
    if (connection === this.connection) return;
    this.connection = connection;
    this.listener.changed();
  }
}
