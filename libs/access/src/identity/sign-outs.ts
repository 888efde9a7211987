import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { GalleyError, MAX_TOKEN_LIFETIME_SECONDS } from '@galley/contracts';
import { connectCommands, disconnect } from '@galley/redis';
import { type Principal } from './principal.js';

/** How often each replica asks Redis whether there are new sign-outs. */
const READ_EVERY_MS = 1_000;

/** How long a sign-out is remembered: no token issued before it lives longer. */
const REMEMBERED_MS = MAX_TOKEN_LIFETIME_SECONDS * 1_000;

export interface SignOutsOptions {
  redisUrl: string;
  /** The hash tag of the Redis keys: the name of the change feed. */
  name: string;
}

/**
 * Which users were signed out, and when. Every replica refuses their tokens from before that time. Sign-outs are kept in
 * Redis, are dated by the clock of Redis, and reach each replica within a second. While Redis is away, a replica goes on
 * with the ones that it knows.
 */
export class SignOuts {
  private readonly logger = new Logger(SignOuts.name);
  private readonly redis;
  /** A sorted set: each `sub` with the time of its sign-out, in milliseconds since 1970. */
  private readonly timesKey: string;
  /** Another random text after each sign-out. So a replica notices each of them, whatever the clocks say. */
  private readonly versionKey: string;
  private readonly signedOutAt = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  /** The version that was read; null if there was none. */
  private version?: string | null;
  private reading?: Promise<void>;
  private readAgain = false;
  private failing = false;
  private tell: (sub: string) => void = () => undefined;

  constructor({ redisUrl, name }: SignOutsOptions) {
    this.timesKey = `{${name}}:signed-out`;
    this.versionKey = `{${name}}:signed-out:version`;
    this.redis = connectCommands(redisUrl, 'sign-outs', { key: this.timesKey });
    this.timer = setInterval(() => void this.readNew(), READ_EVERY_MS).unref();
    this.redis.on('ready', () => void this.readNew());
  }

  /** @param listener called for each user that is signed out from now on, maybe more than once */
  onSignOut(listener: (sub: string) => void): void {
    this.tell = listener;
  }

  /**
   * Signs a user out: all their tokens that were issued until now are refused.
   * @throws GalleyError `unavailable` if Redis cannot store it
   */
  async signOut(sub: string): Promise<void> {
    try {
      const [seconds, microseconds] = await this.redis.time();
      const now = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
      const replies = await this.redis
        .multi()
        .zadd(this.timesKey, 'GT', now, sub)
        .zremrangebyscore(this.timesKey, '-inf', now - REMEMBERED_MS)
        .set(this.versionKey, randomUUID())
        .exec();
      for (const [error] of replies ?? []) if (error) throw error;
      this.record(sub, now);
    } catch (cause) {
      throw new GalleyError('unavailable', 'The sign-out could not be stored: Redis is away', {
        cause,
        retryAfterSeconds: 1,
      });
    }
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

  /** Reads the sign-outs from Redis, if there are new ones. Another replica may say so before this one asks. */
  readNew(): Promise<void> {
    this.readAgain = true;
    return (this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    }));
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.reading;
    await disconnect(this.redis);
  }

  private async read(): Promise<void> {
    try {
      while (this.readAgain) {
        this.readAgain = false;
        if ((await this.redis.get(this.versionKey)) !== this.version) await this.readAll();
      }
      this.failing = false;
    } catch (error) {
      if (!this.failing)
        this.logger.warn(`Could not read sign-outs: ${error instanceof Error ? error.message : 'failed'}`);
      this.failing = true;
    }
  }

  private async readAll(): Promise<void> {
    // The version first: a sign-out that is stored in between is read twice rather than never.
    const version = await this.redis.get(this.versionKey);
    const found = await this.redis.zrange(this.timesKey, '0', '-1', 'WITHSCORES');
    for (let i = 0; i < found.length; i += 2) this.record(found[i] ?? '', Number(found[i + 1]));
    this.version = version;
  }

  private record(sub: string, at: number): void {
    if ((this.signedOutAt.get(sub) ?? 0) >= at) return;
    this.signedOutAt.set(sub, at);
    this.tell(sub);
  }
}
