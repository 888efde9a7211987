import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BEAT_EVERY_MS, ChangeFeed, LATE_AFTER_MS } from '@galley/change-feed';
import { Repetition } from '@galley/runtime';
import { FeedWitness } from '../store/feed-witness.js';
import { OrdersRepository } from '../store/orders.repository.js';

/** Changes are read and counted of so many orders, those that have waited longest. */
const COUNTED_ORDERS = 100;

/** How often one look reads that many orders to pass over damaged ones. */
const MAX_READS = 10;

const LOG_EVERY_MS = 60_000;

export interface Backlog {
  /** How long the oldest unpublished change has waited, by the clock of the store, in milliseconds. */
  waitedMs: number;
  /** How many changes wait, at least; counted only while they are late. */
  changes: number;
}

/**
 * Looks every second whether changes are published, whichever replica has committed them, and tells the gateways. It also
 * compares the log with what the store has witnessed, so that a log that has lost changes is found even if nobody writes.
 */
@Injectable()
export class PublicationMonitor implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(PublicationMonitor.name);
  // The store and Redis are reported where they are used, and the gateways notice the silence.
  private readonly repetition = new Repetition(() => this.check().catch(() => undefined), BEAT_EVERY_MS);
  private lateSince?: number;
  private loggedAt?: number;
  private last: Backlog = { waitedMs: 0, changes: 0 };
  private epoch?: string;
  private epochs = 0;

  constructor(
    private readonly orders: OrdersRepository,
    private readonly feed: ChangeFeed,
    private readonly witness: FeedWitness,
  ) {}

  /** As of the last look. */
  get backlog(): Backlog {
    return this.last;
  }

  get isLate(): boolean {
    return this.last.waitedMs > LATE_AFTER_MS;
  }

  /** How often the log has begun a new epoch. Every replica sees each. */
  get newEpochs(): number {
    return this.epochs;
  }

  onApplicationBootstrap(): void {
    this.repetition.start();
  }

  onApplicationShutdown(): void {
    this.repetition.stop();
  }

  /** @throws if the store or Redis does not answer */
  async check(): Promise<void> {
    this.last = await this.readBacklog();
    this.log();
    const witnessed = await this.witness.newest();
    const { head } = await this.feed.append([], witnessed);
    this.notice(head.epoch, witnessed?.epoch);
    await this.feed.beat({ unpublishedForMs: this.last.waitedMs });
  }

  private async readBacklog(): Promise<Backlog> {
    let waitedMs = await this.readWaitedMs();
    if (waitedMs <= LATE_AFTER_MS) return { waitedMs, changes: 0 };
    await this.passOverDamaged();
    waitedMs = await this.readWaitedMs();
    const changes = waitedMs > LATE_AFTER_MS ? await this.orders.countUnpublished(COUNTED_ORDERS) : 0;
    return { waitedMs, changes };
  }

  /** How long the oldest unpublished change has waited. */
  private async readWaitedMs(): Promise<number> {
    const [oldest] = await this.orders.findUnpublished(1);
    return oldest ? Math.max(0, this.orders.now().getTime() - oldest.since.getTime()) : 0;
  }

  /** A damaged order waits forever, but no change is late because of it: once it was read, the store leaves it out. */
  private async passOverDamaged(): Promise<void> {
    for (let reads = 0; reads < MAX_READS; reads++) {
      const oldest = await this.orders.findUnpublished(COUNTED_ORDERS);
      const ids = oldest.map(({ orderId }) => orderId);
      const publishable = await this.orders.unpublished(ids, 1);
      if (publishable.length > 0 || oldest.length < COUNTED_ORDERS) return;
    }
  }

  private notice(epoch: string, witnessed: string | undefined): void {
    const before = this.epoch ?? witnessed;
    this.epoch = epoch;
    if (before === undefined || before === epoch) return;
    this.epochs++;
    this.logger.error(
      'The feed has begun a new epoch, because Redis had lost changes or a backup was restored. Clients fetch their orders again',
    );
  }

  private log(): void {
    const now = performance.now();
    const { waitedMs, changes } = this.last;
    if (!this.isLate) {
      if (this.lateSince !== undefined) {
        const seconds = ((now - this.lateSince) / 1_000).toFixed(1);
        this.logger.log(`All changes are published again; they were late for ${seconds} s`);
      }
      this.lateSince = undefined;
      this.loggedAt = undefined;
    } else if (this.loggedAt === undefined || now - this.loggedAt >= LOG_EVERY_MS) {
      this.lateSince ??= now;
      this.loggedAt = now;
      this.logger.error(
        `${changes} changes are not published; the oldest has waited for ${Math.round(waitedMs / 1_000)} s`,
      );
    }
  }
}
