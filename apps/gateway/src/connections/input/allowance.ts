import { type BucketOptions } from '@galley/access';

/** What is charged for input besides its bytes, in bytes: what it costs this process, however short it is. */
export const COST_BYTES = {
  /** A chunk that is read from the network. */
  read: 128,
  /** A WebSocket message, ping or pong, or a packet of a polling client. */
  packet: 128,
  /** An HTTP request of a polling client. */
  request: 1_024,
} as const;

/** If more than this waits for a peer that does not read, what it sends is taken slowly: once in each pause. */
export const MAX_UNREAD_BYTES = 65_536;
export const UNREAD_PAUSE_MS = 1_000;

/**
 * What one peer may still send: a token bucket of bytes. It may be overdrawn, because the cost of input is known only after
 * it was read; then the peer has to wait.
 */
export class Allowance {
  /** When the bucket will be full again, by `performance.now()`. */
  private fullAtMs = 0;
  /** The moment from which on the peer has always sent more as soon as it might. */
  private overSinceMs?: number;

  constructor(private readonly limit: BucketOptions) {}

  spend(costBytes: number): void {
    const now = performance.now();
    const missingMs = Math.max(0, this.fullAtMs - now);
    if (missingMs <= this.burstMs / 2) this.overSinceMs = undefined;
    this.fullAtMs = now + missingMs + (costBytes / this.limit.perSecond) * 1_000;
    if (this.waitMs > 0) this.overSinceMs ??= now;
  }

  /** Milliseconds until the bucket is no longer overdrawn; 0 if it is not. */
  get waitMs(): number {
    return Math.max(0, this.fullAtMs - performance.now() - this.burstMs);
  }

  /** For how long the bucket has been overdrawn again and again, and never been half full. */
  get overForMs(): number {
    return this.overSinceMs === undefined ? 0 : performance.now() - this.overSinceMs;
  }

  private get burstMs(): number {
    return (this.limit.burst / this.limit.perSecond) * 1_000;
  }
}
