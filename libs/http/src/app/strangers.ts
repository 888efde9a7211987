import { type IncomingMessage } from 'node:http';
import { TokenBuckets, type BucketOptions } from '@galley/access';
import { type Peers } from '../peers/peers.js';
import { refuseSlowly } from './refuse-slowly.js';

const HEALTH = /^\/health\/(live|ready)(\?|$)/;
/** How long a health check waits when its address has sent too much. It is shorter than the patience of any probe. */
const HEALTH_WAITS_MS = 250;

/** So many requests with the same `Authorization` are taken for those of a known caller after each that was. */
const CREDIT = 20;
const MAX_CREDITED = 10_000;

/**
 * Limits what strangers cost. Each request takes a token of its address, and gets it back once its caller is known. So what
 * ends before that costs a token: a wrong or missing token, an unknown path, a method that a path does not have. Callers who
 * were known a moment ago take none, so that strangers at the same address do not hinder them.
 *
 * Health checks take tokens, too, but are never refused: without tokens they only wait a moment. So a probe of the platform
 * gets its answer in any case, and a loop gets slow.
 */
export class Strangers {
  private readonly buckets: TokenBuckets;
  /** The keys of the addresses whose tokens were taken for a request. */
  private readonly charged = new WeakMap<IncomingMessage, string>();
  /** How many requests are not charged, by their `Authorization`. */
  private readonly credits = new Map<string, number>();

  constructor(
    options: BucketOptions,
    private readonly peers: Peers,
  ) {
    this.buckets = new TokenBuckets(options);
  }

  /** @returns undefined if there was a token; otherwise a promise that resolves, or rejects with the refusal, after a while */
  charge(request: IncomingMessage): Promise<void> | undefined {
    if (this.isCredited(request)) return undefined;
    const key = this.peers.chargedKeyOf(request);
    if (key === undefined) return undefined;
    const waitMs = this.buckets.takeToken(key);
    if (waitMs === 0) {
      this.charged.set(request, key);
      return undefined;
    }
    if (!isHealthCheck(request)) return refuseSlowly(waitMs);
    return new Promise((resolve) => setTimeout(resolve, HEALTH_WAITS_MS));
  }

  /** Gives the token back: the caller is known, and has limits of their own. */
  recognize(request: IncomingMessage): void {
    const key = this.charged.get(request);
    if (key !== undefined) this.buckets.returnToken(key);
    const { authorization } = request.headers;
    if (authorization === undefined) return;
    if (!this.credits.has(authorization)) this.makeRoom();
    this.credits.set(authorization, CREDIT);
  }

  private isCredited({ headers: { authorization } }: IncomingMessage): boolean {
    const credit = authorization === undefined ? undefined : this.credits.get(authorization);
    if (authorization === undefined || credit === undefined) return false;
    if (credit > 1) this.credits.set(authorization, credit - 1);
    else this.credits.delete(authorization);
    return true;
  }

  private makeRoom(): void {
    const [oldest] = this.credits.keys();
    if (oldest !== undefined && this.credits.size >= MAX_CREDITED) this.credits.delete(oldest);
  }
}

const isHealthCheck = ({ method = '', url = '' }: IncomingMessage) => /^(GET|HEAD)$/.test(method) && HEALTH.test(url);
