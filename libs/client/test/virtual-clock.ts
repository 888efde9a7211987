import { type Clock } from '../src/sync/clock.js';

/** A clock that the test advances. */
export class VirtualClock implements Clock {
  private time = 0;
  private readonly tasks = new Set<{ at: number; run: () => void }>();

  now(): number {
    return this.time;
  }

  after(delay: number, run: () => void): () => void {
    const task = { at: this.time + delay, run };
    this.tasks.add(task);
    return () => {
      this.tasks.delete(task);
    };
  }

  /** Runs the tasks that are due within these milliseconds, and the tasks that they schedule. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      const [next] = [...this.tasks].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.tasks.delete(next);
      this.time = next.at;
      next.run();
      await settled();
    }
    this.time = end;
    await settled();
  }
}

/** Resolves once every promise that can be settled has been. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
