export interface BucketOptions {
  /** Tokens that a bucket gains each second. */
  perSecond: number;
  /** The most tokens that a bucket holds. It starts with as many. */
  burst: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was computed, in milliseconds. */
  at: number;
}

/** The number of buckets above which full ones are deleted. */
const SWEEP_ABOVE = 10_000;

/**
 * One token bucket per key, such as an address. A key that asks more often than its bucket fills is refused.
 * @see https://en.wikipedia.org/wiki/Token_bucket
 */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();
  private sweepAbove = SWEEP_ABOVE;

  constructor(
    private readonly options: BucketOptions,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Takes tokens if there is one. A bucket may owe the others: then it has none until it has gained them.
   * @returns 0 if the tokens are taken; otherwise the milliseconds until there is one
   */
  takeToken(key: string, count = 1): number {
    const { perSecond, burst } = this.options;
    const now = this.now();
    let bucket = this.buckets.get(key);
    if (bucket) {
      bucket.tokens = this.tokensOf(bucket, now);
      bucket.at = now;
    } else {
      if (this.buckets.size >= this.sweepAbove) this.sweep(now);
      bucket = { tokens: burst, at: now };
      this.buckets.set(key, bucket);
    }
    if (bucket.tokens < 1) return ((1 - bucket.tokens) / perSecond) * 1_000;
    bucket.tokens -= count;
    return 0;
  }

  /** Takes back a token that turned out not to be needed. A bucket never holds more than a burst. */
  returnToken(key: string): void {
    const bucket = this.buckets.get(key);
    if (bucket) bucket.tokens++;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.buckets.size;
  }

  private tokensOf({ tokens, at }: Bucket, now: number): number {
    const { perSecond, burst } = this.options;
    return Math.min(burst, tokens + ((now - at) / 1_000) * perSecond);
  }

  /**
   * Deletes full buckets: a new one would be the same. If few are full, the next sweep waits until there are twice as
   * many.
   */
  private sweep(now: number): void {
    for (const [key, bucket] of this.buckets) {
      if (this.tokensOf(bucket, now) >= this.options.burst) this.buckets.delete(key);
    }
    this.sweepAbove = Math.max(SWEEP_ABOVE, 2 * this.buckets.size);
  }
}
