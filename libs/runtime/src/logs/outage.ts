import { type LoggerService } from '@nestjs/common';

/**
 * Tells of an outage in two lines, however many attempts fail in between: one when it begins, with the reason, and one when it
 * is over, with how long it took and how many attempts have failed.
 */
export class Outage {
  private begunAt?: number;
  private failures = 0;

  /**
   * @param begins the first line, without the reason
   * @param ends the last line, without its figures
   */
  constructor(
    private readonly logger: Pick<LoggerService, 'log' | 'warn'>,
    private readonly begins: string,
    private readonly ends: string,
  ) {}

  /** @param reason why this attempt has failed */
  failed(reason: string): void {
    this.failures++;
    if (this.begunAt !== undefined) return;
    this.begunAt = performance.now();
    this.logger.warn(`${this.begins}: ${reason}`);
  }

  /** An attempt has succeeded. */
  over(): void {
    if (this.begunAt === undefined) return;
    const seconds = ((performance.now() - this.begunAt) / 1_000).toFixed(1);
    const attempts = this.failures === 1 ? 'attempt' : 'attempts';
    this.logger.log(`${this.ends} after ${seconds} s and ${this.failures} failed ${attempts}`);
    this.begunAt = undefined;
    this.failures = 0;
  }
}
