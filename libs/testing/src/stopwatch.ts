import { own } from './own.js';

const TICK_MS = 20;

/** How late a timer is on an idle machine. */
const USUAL_LATENESS_MS = 5;

/**
 * Measures how long something takes, on a machine that may be busy. What its own timers are late is not counted: for so long
 * the machine did nothing for this process, and probably nothing for the one that is measured. So it does not see what keeps
 * this process itself busy.
 */
export class Stopwatch {
  private readonly startedAtMs = performance.now();
  private tickedAtMs = this.startedAtMs;
  private late = 0;

  constructor() {
    const ticks = setInterval(() => {
      this.tick();
    }, TICK_MS);
    own(() => {
      clearInterval(ticks);
    });
  }

  /** Milliseconds since the start, without those that were lost. */
  get ms(): number {
    const lost = this.lostMs;
    return performance.now() - this.startedAtMs - lost;
  }

  /** Milliseconds since the start in which the machine was busy with other things. */
  get lostMs(): number {
    this.tick();
    return this.late;
  }

  private tick(): void {
    const now = performance.now();
    const lateMs = now - this.tickedAtMs - TICK_MS;
    if (lateMs > USUAL_LATENESS_MS) this.late += lateMs;
    this.tickedAtMs = now;
  }
}
