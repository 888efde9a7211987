export interface BucketOptions {
  /** Tokens that a bucket gains a second. */
  perSecond: number;
  /** Tokens that it holds at most, and at first. */
  burst: number;
}

interface Bucket {
  tokens: number;
  /** When `tokens` was true, in milliseconds. */
  at: number;
}

/** How many buckets there may be before the full ones are thrown away. */
const SWEEP_ABOVE = 10_000;

/**
 * A token bucket a key, such as an address: whoever asks more often than it fills is refused.
 * @see https://en.wikipedia.org/wiki/Token_bucket
 */
export class TokenBuckets {
  private readonly buckets = new Map<string, Bucket>();
  private sweepAbove = SWEEP_ABOVE;

  constructor(
    private readonly options: BucketOptions,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @returns 0 where there was a token, which is now taken; else the milliseconds until there is one. */
  take(key: string): number {
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
    bucket.tokens--;
    return 0;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.buckets.size;
  }

  private tokensOf({ tokens, at }: Bucket, now: number): number {
    const { perSecond, burst } = this.options;
    return Math.min(burst, tokens + ((now - at) / 1_000) * perSecond);
  }

  /** A full bucket is like none. Where few are full, the next sweep waits until there are twice as many. */
  private sweep(now: number): void {
    for (const [key, bucket] of this.buckets) {
      if (this.tokensOf(bucket, now) >= this.options.burst) this.buckets.delete(key);
    }
    this.sweepAbove = Math.max(SWEEP_ABOVE, 2 * this.buckets.size);
  }
}
