import { type OnEvent } from '@galley/verification';
import { now, readStamp } from './clock.js';

/** Milliseconds, in steps of 0.05 up to 20 s. */
const STEP = 0.05;
const STEPS = 400_000;

/** Counts latencies, to be asked for any quantile. */
export class Latencies {
  private readonly steps = new Uint32Array(STEPS);
  count = 0;

  /** Counts how late an event is that says when it was due. */
  readonly onEvent: OnEvent = (bytes, start, end) => {
    this.add((now() - readStamp(bytes, start, end)) / 1_000);
  };

  private add(milliseconds: number): void {
    const step = Math.min(Math.max(Math.floor(milliseconds / STEP), 0), STEPS - 1);
    this.steps[step] = (this.steps[step] ?? 0) + 1;
    this.count++;
  }

  clear(): void {
    this.steps.fill(0);
    this.count = 0;
  }

  /** In milliseconds; NaN where nothing was counted. */
  quantile(q: number): number {
    const rank = Math.ceil(q * this.count);
    let seen = 0;
    for (let step = 0; step < STEPS && this.count > 0; step++) {
      seen += this.steps[step] ?? 0;
      if (seen >= rank) return (step + 1) * STEP;
    }
    return NaN;
  }
}
