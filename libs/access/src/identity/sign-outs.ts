import { Logger } from '@nestjs/common';
import { GalleyError, MAX_TOKEN_LIFETIME_SECONDS } from '@galley/contracts';
import { connectCommands, disconnect } from '@galley/redis';
import { type Principal } from './principal.js';

/** How often each replica reads new sign-outs from Redis. */
const READ_EVERY_MS = 1_000;

/** How far the clocks of two replicas may differ. */
const CLOCK_SKEW_MS = 60_000;

/** How long a sign-out is remembered: no token issued before it lives longer. */
const REMEMBERED_MS = MAX_TOKEN_LIFETIME_SECONDS * 1_000;

export interface SignOutsOptions {
  redisUrl: string;
  /** The hash tag of the Redis key: the name of the change feed. */
  name: string;
}

/**
 * Which users were signed out, and when. Every replica refuses their tokens from before that time. Sign-outs are kept in
 * Redis and reach each replica within a second. While Redis is away, a replica goes on with the ones that it knows.
 */
export class SignOuts {
  private readonly logger = new Logger(SignOuts.name);
  private readonly redis;
  private readonly key: string;
  private readonly signedOutAt = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private seen = 0;
  private reading?: Promise<void>;
  private failing = false;
  private tell: (sub: string) => void = () => undefined;

  constructor({ redisUrl, name }: SignOutsOptions) {
    this.redis = connectCommands(redisUrl, 'sign-outs');
    this.key = `{${name}}:signed-out`;
    this.timer = setInterval(() => void this.readOnce(), READ_EVERY_MS).unref();
    this.redis.on('ready', () => void this.readOnce());
  }

  /** @param listener called for each user that is signed out from now on, maybe more than once */
  onSignOut(listener: (sub: string) => void): void {
    this.tell = listener;
  }

  /**
   * Signs a user out: all their tokens that were issued until now are refused.
   * @returns when, in milliseconds since 1970
   * @throws GalleyError `unavailable` if Redis cannot store it
   */
  async signOut(sub: string): Promise<number> {
    const now = Date.now();
    try {
      await this.redis.zadd(this.key, 'GT', now, sub);
      await this.redis.zremrangebyscore(this.key, '-inf', now - REMEMBERED_MS);
    } catch (cause) {
      throw new GalleyError('unavailable', 'The sign-out could not be stored: Redis is away', {
        cause,
        retryAfterSeconds: 1,
      });
    }
    this.record(sub, now);
    return now;
  }

  /** Whether a principal's token was issued before their sign-out. */
  has({ sub, issuedAt }: Principal): boolean {
    const at = this.signedOutAt.get(sub);
    // Tokens are dated in whole seconds: a token of the same second may have been issued before.
    return at !== undefined && issuedAt !== undefined && issuedAt <= Math.floor(at / 1_000);
  }

  /** @throws GalleyError `signed_out` */
  check(principal: Principal): void {
    if (this.has(principal)) throw new GalleyError('signed_out');
  }

  /** Records a sign-out. Another replica may announce one before this one reads it from Redis. */
  record(sub: string, at: number): void {
    this.seen = Math.max(this.seen, at);
    if ((this.signedOutAt.get(sub) ?? 0) >= at) return;
    this.signedOutAt.set(sub, at);
    this.tell(sub);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.reading;
    await disconnect(this.redis);
  }

  private readOnce(): Promise<void> {
    return (this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    }));
  }

  private async read(): Promise<void> {
    try {
      const found = await this.redis.zrangebyscore(this.key, this.seen - CLOCK_SKEW_MS, '+inf', 'WITHSCORES');
      this.failing = false;
      for (let i = 0; i < found.length; i += 2) this.record(found[i] ?? '', Number(found[i + 1]));
    } catch (error) {
      if (!this.failing)
        this.logger.warn(`Could not read sign-outs: ${error instanceof Error ? error.message : 'failed'}`);
      this.failing = true;
    }
  }
}
