import { Logger } from '@nestjs/common';
import { includes, type LogOptions } from './logger.js';
import { RefusalCounter, type RefusalCount } from './refusal-count.js';

/** One action that was done or refused. It never contains a token or a body. */
export interface AuditEntry {
  /** The action that was done, such as `changeOrder`, or refused, such as `connect`. */
  action: string;
  /** Why the action was refused; absent if it was done. */
  refused?: string;
  /** The user: the role and the `sub` of the token. */
  role?: string;
  sub?: string;
  /** The address of the client, if known. */
  address?: string;
  requestId?: string;
  /** The order that the action was about. */
  orderId?: string;
  from?: number;
  to?: number;
  [detail: string]: string | number | undefined;
}

/**
 * Logs who did what: one line for each action, at the level `log`, with the context `Audit`. In each second it logs at most
 * 5 refusals of one address and 50 of all, then one line with the number of the others. Every refusal is counted.
 */
export class AuditLog {
  private readonly logger = new Logger('Audit');
  private readonly toLine: (entry: AuditEntry) => unknown;
  private readonly enabled: boolean;
  private readonly refusals = new RefusalCounter((leftOut) => {
    this.write({ action: 'refusals', leftOut });
  });

  constructor({ format, level }: LogOptions) {
    this.toLine = format === 'json' ? (entry) => entry : toText;
    this.enabled = includes(level, 'log');
  }

  record(entry: AuditEntry): void {
    const { action, refused, address } = entry;
    if (refused === undefined || this.refusals.count(action, refused, address)) this.write(entry);
  }

  /** How often each kind of refusal has happened since the process started, for metrics. */
  refusalCounts(): RefusalCount[] {
    return this.refusals.all();
  }

  private write(entry: AuditEntry): void {
    if (this.enabled) this.logger.log(this.toLine(entry));
  }
}

/** Formats `key=value` pairs. Values with special characters are quoted, so that they cannot break the line. */
function toText(entry: AuditEntry): string {
  return Object.entries(entry)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) =>
        `${key}=${typeof value === 'string' && !/^[\w.:@-]+$/.test(value) ? JSON.stringify(value) : value}`,
    )
    .join(' ');
}
