import { Logger } from '@nestjs/common';
import { includes, type LogOptions } from './logger.js';

/** One thing that was done or refused. Never a token, never a body. */
export interface AuditEntry {
  /** What was done, such as `changeOrder`, or refused, such as `connect`. */
  action: string;
  /** Why it was refused; absent where it was done. */
  refused?: string;
  /** Who: a role and the `sub` of their token. */
  role?: string;
  sub?: string;
  /** From where, as far as is known. */
  address?: string;
  requestId?: string;
  /** What it was done to. */
  orderId?: string;
  from?: number;
  to?: number;
  [detail: string]: string | number | undefined;
}

/** Writes down who did what: one line of the log each, at the level `log`, under the context `Audit`. */
export class AuditLog {
  private readonly logger = new Logger('Audit');
  private readonly toLine: (entry: AuditEntry) => unknown;
  private readonly enabled: boolean;

  constructor({ format, level }: LogOptions) {
    this.toLine = format === 'json' ? (entry) => entry : toText;
    this.enabled = includes(level, 'log');
  }

  record(entry: AuditEntry): void {
    if (this.enabled) this.logger.log(this.toLine(entry));
  }
}

/** `key=value` pairs; what others have chosen is quoted, so that a line stays a line. */
function toText(entry: AuditEntry): string {
  return Object.entries(entry)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `${key}=${typeof value === 'string' && !/^[\w.:@-]+$/.test(value) ? JSON.stringify(value) : value}`,
    )
    .join(' ');
}
