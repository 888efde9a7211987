import { backoff, type Clock, type Jitter } from './clock.js';

/** How soon the next attempt begins after a wake. The delay is random, because all pages of a network wake together. */
const WAKE_WITHIN_MS = 500;

/**
 * A failure that comes this soon after a wake happened before it: browsers show a page that was left, and then tell it that
 * its connection has ended.
 */
const TOLD_AFTER_WAKE_MS = 1_000;

interface Waiting {
  attempt: () => void;
  at: number;
  cancel: () => void;
}

/** When to repeat what has failed: after growing pauses, not before the server allows it, and soon after a wake. */
export class Retries {
  readonly #clock: Clock;
  readonly #jitter: Jitter;
  #failures = 0;
  /** The server allows no attempt before this moment of the clock. */
  #notBefore = 0;
  #waiting?: Waiting;
  /** The time of the last wake, if it found no attempt scheduled. */
  #wokenAt?: number;

  constructor(clock: Clock, jitter: Jitter) {
    this.#clock = clock;
    this.#jitter = jitter;
  }

  get isWaiting(): boolean {
    return this.#waiting !== undefined;
  }

  /**
   * Schedules the next attempt after a failure, instead of one that is already scheduled.
   * @param retryAfterMs how long the server asks to wait at least. Clients that were all told the same are spread over time.
   */
  schedule(attempt: () => void, retryAfterMs = 0): void {
    this.#notBefore = Math.max(this.#notBefore, this.#clock.now() + retryAfterMs);
    this.#runAt(this.#notBefore + backoff(++this.#failures, this.#jitter), attempt);
    if (this.#wokenAt !== undefined && this.#clock.now() - this.#wokenAt < TOLD_AFTER_WAKE_MS) this.wake();
  }

  /**
   * Begins the scheduled attempt soon, because the network is back or a person looks at the page. If nothing has failed yet,
   * this is true of the next failure, if that is told just after the wake.
   */
  wake(): void {
    this.#wokenAt = this.#waiting ? undefined : this.#clock.now();
    if (!this.#waiting) return;
    this.#failures = 0;
    const { attempt, at } = this.#waiting;
    const soon = Math.max(this.#clock.now(), this.#notBefore) + this.#jitter() * WAKE_WITHIN_MS;
    if (soon < at) this.#runAt(soon, attempt);
  }

  /** Must be called after a success: the next failure is the first one of a series. */
  succeeded(): void {
    this.#failures = 0;
  }

  readonly cancel = (): void => {
    this.#waiting?.cancel();
    this.#waiting = undefined;
  };

  #runAt(at: number, attempt: () => void): void {
    this.cancel();
    const cancel = this.#clock.after(at - this.#clock.now(), () => {
      this.#waiting = undefined;
      attempt();
    });
    this.#waiting = { attempt, at, cancel };
  }
}
