/** How long requests that have just come may take together before the others have to wait. */
const MAX_TURN_MS = 3;

/**
 * Shares the event loop between callers. Requests begin at once, until those of one turn of the loop have taken a few
 * milliseconds. The others wait for the next turn, and then each caller begins one in turn. So somebody who sends many
 * expensive requests at the same moment delays the others only by a few of them.
 */
export class CallerTurns {
  /** What each caller waits for, oldest first. The caller whose turn is next comes first. */
  private readonly waiting = new Map<string, (() => void)[]>();
  /** When the first request of this turn of the event loop began, in milliseconds. */
  private beganAt?: number;

  /** @param now a clock that is never set, in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @returns undefined if the request may begin; otherwise a promise that resolves when it may */
  wait(caller: string): Promise<void> | undefined {
    const now = this.now();
    if (this.beganAt === undefined) setImmediate(this.startTurn);
    this.beganAt ??= now;
    if (this.waiting.size === 0 && now - this.beganAt < MAX_TURN_MS) return undefined;
    return new Promise((resolve) => {
      const requests = this.waiting.get(caller);
      if (requests) requests.push(resolve);
      else this.waiting.set(caller, [resolve]);
    });
  }

  private readonly startTurn = (): void => {
    this.beganAt = undefined;
    if (this.waiting.size === 0) return;
    this.beganAt = this.now();
    setImmediate(this.startTurn);
    this.beginNext();
  };

  private readonly beginNext = (): void => {
    const [next] = this.waiting;
    if (!next || this.now() - (this.beganAt ?? 0) >= MAX_TURN_MS) return;
    const [caller, requests] = next;
    this.waiting.delete(caller);
    const begin = requests.shift();
    if (requests.length > 0) this.waiting.set(caller, requests);
    begin?.();
    // After the microtasks, and so after all that the request can do at once.
    queueMicrotask(() => {
      process.nextTick(this.beginNext);
    });
  };
}
