/** The time. Tests replace it to let time pass. */
export interface Clock {
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Runs `task` once, `delay` milliseconds from now, unless the returned function is called before that. */
  after(delay: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  // Not the time of day, which a user or a time server may set while the connection is open.
  now: () => performance.now(),
  after: (delay, task) => {
    const timer = setTimeout(task, delay);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** A random number from 0 up to but not including 1. */
export type Jitter = () => number;

/**
 * The milliseconds before the next attempt: random, up to 3 s after the first failure, then up to twice as long each
 * time, at most 30 s. So clients that fail together do not come back together.
 */
export const backoff = (failures: number, jitter: Jitter): number =>
  Math.min(3_000 * 2 ** (failures - 1), 30_000) * (0.1 + 0.9 * jitter());
