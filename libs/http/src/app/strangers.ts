import { type IncomingMessage } from 'node:http';
import { TokenBuckets, type BucketOptions } from '@galley/access';
import { type Peers } from '../peers/peers.js';
import { refuseSlowly } from './refuse-slowly.js';

const HEALTH = /^\/health\/(live|ready)(\?|$)/;
/** How long a health check waits when its address has sent too much. It is shorter than the patience of any probe. */
const HEALTH_WAITS_MS = 250;

/**
 * Limits what strangers cost. Each request takes a token of its address, and gets it back once its caller is known. So what
 * ends before that costs a token: a wrong or missing token, an unknown path, a method that a path does not have.
 *
 * Health checks take tokens, too, but are never refused: without tokens they only wait a moment. So a probe of the platform
 * gets its answer in any case, and a loop gets slow.
 */
export class Strangers {
  private readonly buckets: TokenBuckets;

  constructor(
    options: BucketOptions,
    private readonly peers: Peers,
  ) {
    this.buckets = new TokenBuckets(options);
  }

  /** @returns undefined if there was a token; otherwise a promise that resolves, or rejects with the refusal, after a while */
  charge(request: IncomingMessage): Promise<void> | undefined {
    const key = this.peers.chargedKeyOf(request);
    const waitMs = key === undefined ? 0 : this.buckets.takeToken(key);
    if (waitMs === 0) return undefined;
    if (!isHealthCheck(request)) return refuseSlowly(waitMs);
    return new Promise((resolve) => setTimeout(resolve, HEALTH_WAITS_MS));
  }

  /** Gives the token back: the caller is known, and has limits of their own. */
  recognize(request: IncomingMessage): void {
    const key = this.peers.chargedKeyOf(request);
    if (key !== undefined) this.buckets.returnToken(key);
  }
}

const isHealthCheck = ({ method = '', url = '' }: IncomingMessage) => /^(GET|HEAD)$/.test(method) && HEALTH.test(url);
