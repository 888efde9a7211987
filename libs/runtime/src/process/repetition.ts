/** Repeats work with a pause after each time, so that slow work never overlaps. It does not keep the process running. */
export class Repetition {
  private timer?: NodeJS.Timeout;
  private isStopped = false;

  /** @param work must not reject */
  constructor(
    private readonly work: () => Promise<void>,
    private readonly pauseMs: number,
  ) {}

  /** Begins at once. */
  start(): void {
    this.repeatAfter(0);
  }

  /** Work that is under way is finished, and not repeated. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private repeatAfter(pauseMs: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      void this.work().finally(() => {
        this.repeatAfter(this.pauseMs);
      });
    }, pauseMs).unref();
  }
}
