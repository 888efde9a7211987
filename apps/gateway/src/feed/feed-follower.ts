import { EventEmitter, once } from 'node:events';
import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import {
  FeedReader,
  type FeedBeat,
  type FeedGap,
  type FeedSubscription,
  type PublishedChange,
} from '@galley/change-feed';
import { distance, isSameEpoch, type Position } from '@galley/contracts';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { readBack } from './read-back.js';
import { RecentChanges } from './recent-changes.js';

/** All hooks are optional. */
export interface FeedListener {
  /** Changes that have arrived together, oldest first, each once. */
  onChanges?(changes: readonly PublishedChange[]): void;
  /** Changes are missing and will never come. The next change is the one after `gap.now`. */
  onGap?(gap: FeedGap): void;
  /** This replica has found its place in the feed. Called once. */
  onStart?(position: Position | undefined): void;
  /** These changes were given to all listeners. @param arrivedAtMs when the first of them had arrived, by the clock of this machine */
  onDelivered?(changes: readonly PublishedChange[], arrivedAtMs: number): void;
  /** A writer of the feed lives. */
  onBeat?(beat: FeedBeat): void;
}

/** Follows the change feed for this replica, and remembers its newest changes. */
@Injectable()
export class FeedFollower implements OnModuleInit, OnApplicationShutdown {
  readonly recent: RecentChanges;
  private readonly logger = new Logger(FeedFollower.name);
  /** Emits `started` once, and `moved` whenever changes were delivered or are missing. */
  private readonly progress = new EventEmitter().setMaxListeners(0);
  /** Whether this replica has found its place in the feed. Before that it cannot send any client a position. */
  hasStarted = false;
  private readonly listeners: FeedListener[] = [];
  /** Changes that arrived in this tick and have not been delivered yet. */
  private arrived: PublishedChange[] = [];
  private arrivedAtMs = 0;
  /** How often changes were missing, by the reason. */
  readonly gaps = { 'new-epoch': 0, trimmed: 0 };
  private subscription?: FeedSubscription;

  constructor(
    private readonly feed: FeedReader,
    @Inject(GATEWAY_CONFIG) private readonly config: Pick<GatewayConfig, 'recentBytes'>,
  ) {
    this.recent = new RecentChanges(config.recentBytes);
  }

  /** Must be called before the app starts. */
  listen(listener: FeedListener): void {
    this.listeners.push(listener);
  }

  /** Whether this replica gets changes now. */
  get isAttached(): boolean {
    return this.subscription?.attached ?? false;
  }

  /** How many changes of the log this replica has not delivered, as of its last look at the log, which is about a second old. */
  get behind(): number {
    return Math.max(0, distance(this.head, this.subscription?.logHead) ?? 0);
  }

  /** How often changes were read from the log because no message of the broker had brought them. */
  get repairs(): number {
    return this.subscription?.repairs ?? 0;
  }

  /** This replica has delivered all changes up to this position; absent while the feed is empty. */
  get head(): Position | undefined {
    return this.recent.head;
  }

  onModuleInit(): void {
    this.subscription = this.feed.subscribe({
      onStart: (position) => {
        this.recent.restart(position);
        if (position) void this.fillRecent(position);
        this.hasStarted = true;
        for (const listener of this.listeners) listener.onStart?.(position);
        this.progress.emit('started');
      },
      onChange: (change) => {
        this.receive(change);
      },
      onGap: (gap) => {
        this.declareGap(gap);
      },
      onBeat: (beat) => {
        for (const listener of this.listeners) listener.onBeat?.(beat);
      },
    });
  }

  /** Runs after the drain, so that each client gets every change until its connection is closed. */
  async onApplicationShutdown(): Promise<void> {
    await this.subscription?.close();
  }

  /** Waits until this replica has found its place in the feed, but no longer than this. */
  async started(deadlineMs: number): Promise<void> {
    if (this.hasStarted) return;
    await once(this.progress, 'started', { signal: AbortSignal.timeout(deadlineMs) }).catch(() => undefined);
  }

  /** Waits until this replica has delivered the change at this position. @returns false if that takes too long */
  async reached(position: Position, deadlineMs: number): Promise<boolean> {
    const isThere = () => this.recent.goOnAfter(position);
    if (isThere()) return true;
    const before = this.head;
    const isElsewhere = () => !isSameEpoch(this.head, before) && !isSameEpoch(this.head, position);
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort();
    }, deadlineMs).unref();
    while (!isThere() && !isElsewhere() && !deadline.signal.aborted) {
      await once(this.progress, 'moved', { signal: deadline.signal }).catch(() => undefined);
    }
    clearTimeout(timer);
    return isThere();
  }

  /**
   * Fills the recent changes with those before this replica started, so that clients that reconnect now are served from
   * memory. This replica is ready meanwhile. Until then, and if it fails, they are served from the log.
   */
  private async fillRecent(upTo: Position): Promise<void> {
    const segment = await readBack(this.feed, upTo, this.config.recentBytes).catch(() => undefined);
    if (segment) this.recent.prepend(segment);
  }

  /** Collects the changes that arrive together, to deliver them together in the same tick. */
  private receive(change: PublishedChange): void {
    this.arrived.push(change);
    if (this.arrived.length > 1) return;
    this.arrivedAtMs = Date.now();
    queueMicrotask(() => {
      this.deliver();
    });
  }

  private deliver(): void {
    const changes = this.arrived;
    if (changes.length === 0) return;
    this.arrived = [];
    for (const change of changes) this.recent.push(change);
    for (const listener of this.listeners) {
      try {
        listener.onChanges?.(changes);
      } catch (error) {
        this.logger.error(`Could not deliver ${changes.length} changes`, error);
      }
    }
    for (const listener of this.listeners) listener.onDelivered?.(changes, this.arrivedAtMs);
    this.progress.emit('moved');
  }

  private declareGap(gap: FeedGap): void {
    this.deliver();
    this.gaps[gap.reason]++;
    this.recent.restart(gap.now);
    for (const listener of this.listeners) listener.onGap?.(gap);
    this.progress.emit('moved');
  }
}
