import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { LATE_AFTER_MS, SILENT_AFTER_MS, type FeedBeat } from '@galley/change-feed';
import { type FeedEvent } from '@galley/contracts';
import { FeedFollower, type FeedListener } from './feed-follower.js';

const CHECK_EVERY_MS = 250;

export type Liveness = Pick<FeedEvent, 'live' | 'since'>;

/**
 * Whether the clients of this replica are sent every change soon after it is committed. They are not while this replica is
 * not attached to the feed, while no orders API says that it lives, and while changes wait to be published.
 */
@Injectable()
export class FeedLiveness implements FeedListener, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(FeedLiveness.name);
  private timer?: NodeJS.Timeout;
  /** Times of a clock that is never set, in milliseconds. */
  private attachedAt = performance.now();
  private beatAt?: number;
  private unpublishedForMs = 0;
  private notLiveSince?: number = performance.now();
  private hasBeenLive = false;
  private tell: () => void = () => undefined;

  constructor(private readonly feed: FeedFollower) {
    feed.listen(this);
  }

  get state(): Liveness {
    if (this.notLiveSince === undefined) return { live: true };
    const forMs = performance.now() - this.notLiveSince;
    return { live: false, since: new Date(Date.now() - forMs).toISOString() };
  }

  /** @param listener called when the feed begins or ceases to be live */
  onChange(listener: () => void): void {
    this.tell = listener;
  }

  onModuleInit(): void {
    this.timer = setInterval(() => {
      this.check();
    }, CHECK_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  onBeat({ unpublishedForMs }: FeedBeat): void {
    this.beatAt = performance.now();
    this.unpublishedForMs = unpublishedForMs;
    this.check();
  }

  private check(): void {
    const before = this.notLiveSince;
    this.notLiveSince = this.findNotLiveSince(performance.now());
    if ((before === undefined) === (this.notLiveSince === undefined)) return;
    this.log(before);
    this.tell();
  }

  private log(notLiveSince: number | undefined): void {
    if (notLiveSince === undefined) {
      this.logger.warn(`The change feed is not live: ${this.reason}. Clients are told so, and stay connected`);
    } else if (this.hasBeenLive) {
      const seconds = ((performance.now() - notLiveSince) / 1_000).toFixed(1);
      this.logger.log(`The change feed is live again after ${seconds} s`);
    }
    this.hasBeenLive = true;
  }

  private get reason(): string {
    if (!this.feed.isAttached) return 'this gateway gets nothing from Redis';
    const { beatAt = -Infinity, unpublishedForMs } = this;
    if (performance.now() - beatAt > SILENT_AFTER_MS) return 'no orders API says that it lives';
    return `a change has waited for ${Math.round(unpublishedForMs / 1_000)} s to be published`;
  }

  private findNotLiveSince(now: number): number | undefined {
    if (this.feed.isAttached) this.attachedAt = now;
    else return this.attachedAt;
    const { beatAt = -Infinity, unpublishedForMs } = this;
    if (now - beatAt > SILENT_AFTER_MS) return this.beatAt ?? this.notLiveSince;
    return unpublishedForMs > LATE_AFTER_MS ? beatAt - unpublishedForMs : undefined;
  }
}
