/** How long the slices of one turn of the event loop may take together. Then live changes and other requests go first. */
const MAX_TURN_MS = 5;

/**
 * Shares the event loop between owners who have much to do. Each owner gets one slice in turn, however many slices it asks
 * for, so that nobody waits for more than one slice of each other owner.
 */
export class Turns {
  /** The slices of each owner, oldest first. The owner whose turn is next comes first. */
  private readonly waiting = new Map<string, (() => void)[]>();
  private spentMs = 0;
  private isEnding = false;

  /** @param now a clock that is never set, in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * Runs a slice: at once if nobody waits and this turn of the event loop has time left, otherwise when its owner has its
   * turn.
   * @param slice a few milliseconds of work at most
   * @returns what the slice returns
   */
  async run<T>(owner: string, slice: () => T): Promise<T> {
    if (this.waiting.size === 0 && this.spentMs < MAX_TURN_MS) return this.measure(slice);
    return new Promise((resolve) => {
      const slices = this.waiting.get(owner) ?? [];
      slices.push(() => {
        // If the slice throws, the inner promise rejects.
        resolve(
          new Promise((settle) => {
            settle(slice());
          }),
        );
      });
      this.waiting.set(owner, slices);
    });
  }

  private measure<T>(slice: () => T): T {
    if (!this.isEnding) setImmediate(this.startTurn);
    this.isEnding = true;
    const start = this.now();
    try {
      return slice();
    } finally {
      this.spentMs += this.now() - start;
    }
  }

  private readonly startTurn = (): void => {
    this.isEnding = false;
    this.spentMs = 0;
    for (const [owner, slices] of this.waiting) {
      if (this.spentMs >= MAX_TURN_MS) return;
      this.waiting.delete(owner);
      const slice = slices.shift();
      // At the end of the map, and so of the line. The loop comes to it again.
      if (slices.length > 0) this.waiting.set(owner, slices);
      if (slice) this.measure(slice);
    }
  };
}
