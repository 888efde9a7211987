import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { GATEWAY_CONFIG, type GatewayConfig } from '../gateway.config.js';
import { Connections } from './connections.js';
import { type SubscriberStage } from './subscriber-stages.js';
import { type Subscriber } from './subscriber.js';

/** How often each connection is checked if little is sent. */
const CHECK_EVERY_MS = 1_000;

/** How long a client may be over the limit and take nothing. */
const GRACE_MS = 100;

/** A client that is taking a burst may have up to this many times the limit waiting. */
const BURST_FACTOR = 8;

/** How long a client may take nothing while data waits for it. */
const MAX_STANDSTILL_MS = 10_000;

/** The state of a client for which data waits. */
interface Backlog {
  /** Bytes that the client had taken at `since`; undefined for a polling client. */
  takenBytes: number | undefined;
  since: number;
  overLimitSince?: number;
}

/**
 * Cuts off clients that do not take what they are sent. Otherwise all data for a stalled client would stay in the memory
 * of this process. The clients reconnect and resume.
 */
@Injectable()
export class SlowConsumers implements SubscriberStage, OnApplicationShutdown {
  private readonly logger = new Logger(SlowConsumers.name);
  private readonly backlogs = new WeakMap<Subscriber, Backlog>();
  private timer?: NodeJS.Timeout;
  private nextCheckAt = Infinity;
  private uncheckedBytes = 0;
  private cutOff = 0;
  private isStopped = false;

  constructor(
    private readonly connections: Connections,
    @Inject(GATEWAY_CONFIG) private readonly config: GatewayConfig,
  ) {}

  attach(): void {
    this.checkWithin(CHECK_EVERY_MS);
  }

  onApplicationShutdown(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  /** How many clients were cut off. */
  get count(): number {
    return this.cutOff;
  }

  /** Records that this many bytes were sent to every client. After many bytes the next check comes soon. */
  recordSent(bytes: number): void {
    this.uncheckedBytes += bytes;
    if (this.uncheckedBytes < this.config.maxPendingBytes / 4) return;
    this.uncheckedBytes = 0;
    this.checkWithin(GRACE_MS / 2);
  }

  /** Makes the next check earlier, never later. */
  private checkWithin(milliseconds: number): void {
    const at = performance.now() + milliseconds;
    if (this.isStopped || at >= this.nextCheckAt) return;
    clearTimeout(this.timer);
    this.nextCheckAt = at;
    this.timer = setTimeout(() => {
      this.nextCheckAt = Infinity;
      this.checkAll();
    }, milliseconds).unref();
  }

  private checkAll(): void {
    let isAnyOverLimit = false;
    for (const subscriber of this.connections.all()) {
      const { pendingBytes } = subscriber;
      if (pendingBytes === 0) this.backlogs.delete(subscriber);
      else isAnyOverLimit = this.check(subscriber, pendingBytes) || isAnyOverLimit;
    }
    this.checkWithin(isAnyOverLimit ? GRACE_MS / 2 : CHECK_EVERY_MS);
  }

  /** @returns whether the client is over the limit and left alone for now */
  private check(subscriber: Subscriber, pending: number): boolean {
    const now = performance.now();
    const taken = subscriber.takenBytes;
    const known = this.backlogs.get(subscriber);
    const since = known && taken !== undefined && known.takenBytes === taken ? known.since : now;
    const { maxPendingBytes } = this.config;
    const isOver = pending > maxPendingBytes;
    const isTaking = since === now && pending <= BURST_FACTOR * maxPendingBytes;
    const overSince = isTaking ? now : (known?.overLimitSince ?? now);
    const overLimitSince = isOver ? overSince : undefined;
    this.backlogs.set(subscriber, { takenBytes: taken, since, overLimitSince });
    if (now - (overLimitSince ?? now) < GRACE_MS && now - since < MAX_STANDSTILL_MS) return isOver;
    this.cutOff++;
    this.logger.warn(
      `Cut off a slow client: ${pending} bytes wait for it, it has taken none for ${Math.round(now - since)} ms`,
    );
    subscriber.cut('slow');
    return false;
  }
}
