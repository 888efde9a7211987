/** The time. Tests replace it to let time pass. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Runs `task` once, `delay` milliseconds from now, unless the returned function is called before that. */
  after(delay: number, task: () => void): () => void;
}

/** The longest timer, about 25 days. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  // Not the time of day, which a user or a time server may set while the connection is open.
  now: () => performance.now(),
  after: (delay, task) => {
    // A longer timer would run at once. Node 24 warns of a negative one, which is overdue.
    const timer = setTimeout(task, Math.max(0, Math.min(delay, MAX_TIMER_MS)));
    return () => {
      clearTimeout(timer);
    };
  },
};

/** A random number from 0 up to but not including 1. */
export type Jitter = () => number;

/** The longest pause between two attempts. */
const MAX_PAUSE_MS = 10_000;

/**
 * The milliseconds before the next attempt: random, up to 3 s after the first failure, 6 s after the second, then 10 s. So
 * clients that fail together do not come back together, and a client without wake events (in Node) is soon back after the
 * network: docs/CLIENT_SDK.md has the figures.
 */
export const backoff = (failures: number, jitter: Jitter): number =>
  Math.min(3_000 * 2 ** (failures - 1), MAX_PAUSE_MS) * (0.1 + 0.9 * jitter());
