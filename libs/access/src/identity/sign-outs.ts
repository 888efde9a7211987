import { Logger } from '@nestjs/common';
import { GalleyError, MAX_TOKEN_LIFETIME_SECONDS } from '@galley/contracts';
import { connectCommands, disconnect } from '@galley/redis';
import { type Principal } from './principal.js';

/** How often each replica looks for new ones, in milliseconds. */
const LOOK_EVERY = 1_000;

/** The clocks of two replicas may differ by this, in milliseconds. */
const SKEW = 60_000;

/** How long a sign-out is remembered, so that no token of before outlives it. */
const REMEMBERED_MS = MAX_TOKEN_LIFETIME_SECONDS * 1_000;

export interface SignOutsOptions {
  redisUrl: string;
  /** The hash tag of the key, that of the change feed. */
  name: string;
}

/**
 * Which users were signed out, and when: their tokens of before are refused on every replica. Kept in Redis, and known here
 * within a second; while Redis is away, a replica goes on with those that it knows.
 */
export class SignOuts {
  private readonly logger = new Logger(SignOuts.name);
  private readonly redis;
  private readonly key: string;
  private readonly signedOutAt = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private seen = 0;
  private looking?: Promise<void>;
  private failing = false;
  private tell: (sub: string) => void = () => undefined;

  constructor({ redisUrl, name }: SignOutsOptions) {
    this.redis = connectCommands(redisUrl, 'sign-outs');
    this.key = `{${name}}:signed-out`;
    this.timer = setInterval(() => void this.look(), LOOK_EVERY).unref();
    this.redis.on('ready', () => void this.look());
  }

  /** @param listener is told of each user that is signed out from now on, maybe more than once */
  onSignOut(listener: (sub: string) => void): void {
    this.tell = listener;
  }

  /**
   * Signs a user out: whoever has a token that was issued until now.
   * @returns when, in milliseconds since 1970
   * @throws GalleyError `unavailable` where Redis does not take it
   */
  async signOut(sub: string): Promise<number> {
    const now = Date.now();
    try {
      await this.redis.zadd(this.key, 'GT', now, sub);
      await this.redis.zremrangebyscore(this.key, '-inf', now - REMEMBERED_MS);
    } catch (cause) {
      throw new GalleyError('unavailable', 'The sign-out could not be kept: Redis is away', {
        cause,
        retryAfterSeconds: 1,
      });
    }
    this.record(sub, now);
    return now;
  }

  /** Whether a principal's token is of before their sign-out. */
  has({ sub, issuedAt }: Principal): boolean {
    const at = this.signedOutAt.get(sub);
    // Tokens tell whole seconds: one of the same second may be of before.
    return at !== undefined && issuedAt !== undefined && issuedAt <= Math.floor(at / 1_000);
  }

  /** @throws GalleyError `signed_out` */
  check(principal: Principal): void {
    if (this.has(principal)) throw new GalleyError('signed_out');
  }

  /** What another replica says, which may be sooner than Redis is looked at. */
  record(sub: string, at: number): void {
    this.seen = Math.max(this.seen, at);
    if ((this.signedOutAt.get(sub) ?? 0) >= at) return;
    this.signedOutAt.set(sub, at);
    this.tell(sub);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await disconnect(this.redis);
  }

  private look(): Promise<void> {
    return (this.looking ??= this.read().finally(() => {
      this.looking = undefined;
    }));
  }

  private async read(): Promise<void> {
    try {
      const found = await this.redis.zrangebyscore(this.key, this.seen - SKEW, '+inf', 'WITHSCORES');
      this.failing = false;
      for (let i = 0; i < found.length; i += 2) this.record(found[i] ?? '', Number(found[i + 1]));
    } catch (error) {
      if (!this.failing)
        this.logger.warn(`Sign-outs cannot be read: ${error instanceof Error ? error.message : 'failed'}`);
      this.failing = true;
    }
  }
}
