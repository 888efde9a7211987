import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { GalleyError, MAX_TOKEN_LIFETIME_SECONDS, type TokenRole } from '@galley/contracts';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { type Principal, type Role } from './principal.js';
import { CLOCK_TOLERANCE_SECONDS } from './token-claims.js';

/** How often each replica asks Redis whether there are new sign-outs. */
const READ_EVERY_MS = 1_000;

/** How long a sign-out is remembered: no token that it refuses lives longer, by any clock within the tolerance. */
const REMEMBERED_MS = (MAX_TOKEN_LIFETIME_SECONDS + 2 * CLOCK_TOLERANCE_SECONDS) * 1_000;

/**
 * A connection that was made up to this long after a read without a sign-out may be older than the sign-out. Longer than
 * between two reads.
 */
const UNDECIDED_MS = 5_000;

export interface SignOutsOptions {
  redisUrl: string;
  /** The hash tag of the Redis keys: the name of the change feed. */
  name: string;
}

/** Whether a sign-out ends a connection. @param connectedAtMs when it was authenticated, by `performance.now()` */
export type EndsConnection = (principal: Principal, connectedAtMs: number) => boolean;

/**
 * Which users were signed out, and when. Sign-outs are kept in Redis, are dated by the clock of Redis, and reach each replica
 * within a second. While Redis is away, a replica goes on with the ones that it knows.
 *
 * The issuer of a token may have another clock. Every replica refuses the tokens that may have existed at the sign-out: those
 * that were issued until the tolerance after it. So a token that is issued later than twice the tolerance is accepted,
 * whichever clock is ahead.
 */
export class SignOuts {
  private readonly logger = new Logger(SignOuts.name);
  private readonly redis;
  /** A sorted set: each member of `memberOf` with the time of its sign-out, in milliseconds since 1970. */
  private readonly timesKey: string;
  /** Another random text after each sign-out. So a replica notices each of them, whatever the clocks say. */
  private readonly versionKey: string;
  private readonly signedOutAt = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  /** The version that was read; null if there was none. */
  private version?: string | null;
  private connecting?: Promise<void>;
  private reading?: Promise<void>;
  private readAgain = false;
  private failing = false;
  /** When the last successful read began, by `performance.now()`. */
  private readAtMs = -Infinity;
  private tell: (ends: EndsConnection) => void = () => undefined;

  constructor({ redisUrl, name }: SignOutsOptions) {
    this.timesKey = `{${name}}:signed-out`;
    this.versionKey = `{${name}}:signed-out:version`;
    this.redis = connectCommands(redisUrl, 'sign-outs', { key: this.timesKey });
    this.timer = setInterval(() => void this.readNew(), READ_EVERY_MS).unref();
    this.redis.on('ready', () => void this.readNew());
  }

  /** @param listener called for each sign-out from now on, maybe more than once */
  onSignOut(listener: (ends: EndsConnection) => void): void {
    this.tell = listener;
  }

  /**
   * Signs a user out: all their tokens that were issued until now are refused.
   * @param role only in this role; if absent, in every role
   * @throws GalleyError `unavailable` if Redis cannot store it
   */
  async signOut(sub: string, role?: TokenRole): Promise<void> {
    const member = memberOf(sub, role);
    try {
      const [seconds, microseconds] = await this.redis.time();
      const now = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
      const replies = await this.redis
        .multi()
        .zadd(this.timesKey, 'GT', now, member)
        .zremrangebyscore(this.timesKey, '-inf', now - REMEMBERED_MS)
        .set(this.versionKey, randomUUID())
        .exec();
      for (const [error] of replies ?? []) if (error) throw error;
      this.record(member, now);
    } catch (cause) {
      throw new GalleyError('unavailable', 'The sign-out could not be stored: Redis is away', {
        cause,
        retryAfterSeconds: 1,
      });
    }
  }

  /** Whether a principal's token may have been issued before their sign-out. */
  has({ role, sub, issuedAt = Infinity }: Principal): boolean {
    const at = Math.max(this.timeOf(memberOf(sub)), this.timeOf(memberOf(sub, role)));
    // Tokens are dated in whole seconds: a token of the same second may have been issued before.
    return issuedAt <= Math.floor(at / 1_000) + CLOCK_TOLERANCE_SECONDS;
  }

  /** @throws GalleyError `signed_out`, or `unavailable` if this replica could not read the sign-outs since it was started */
  async check(principal: Principal): Promise<void> {
    if (principal.issuedAt !== undefined && this.version === undefined) await this.readFirst();
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

  /** Without the sign-outs, a restart would let everybody in again. */
  private async readFirst(): Promise<void> {
    this.connecting ??= connected(this.redis)
      .then(() => this.readNew())
      .catch(() => undefined)
      .finally(() => {
        this.connecting = undefined;
      });
    await this.connecting;
    if (this.version !== undefined) return;
    throw new GalleyError('unavailable', 'It is not known yet who is signed out: Redis is away', {
      retryAfterSeconds: 1,
    });
  }

  private async read(): Promise<void> {
    try {
      while (this.readAgain) {
        this.readAgain = false;
        const beganAtMs = performance.now();
        if ((await this.redis.get(this.versionKey)) !== this.version) await this.readAll();
        this.readAtMs = beganAtMs;
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

  private record(member: string, at: number): void {
    if (this.timeOf(member) >= at) return;
    this.signedOutAt.set(member, at);
    const decidedAtMs = this.readAtMs + UNDECIDED_MS;
    this.tell((principal, connectedAtMs) => {
      const { sub, role } = principal;
      if (member !== memberOf(sub) && member !== memberOf(sub, role)) return false;
      // A connection that was there before the sign-out ends whatever any clock says.
      return connectedAtMs <= decidedAtMs || this.has(principal);
    });
  }

  private timeOf(member: string): number {
    return this.signedOutAt.get(member) ?? -Infinity;
  }
}

/** Who is signed out: a `sub` in every role, or in one. No `sub` contains a line break. */
const memberOf = (sub: string, role?: Role): string => (role === undefined ? sub : `${role}\n${sub}`);
