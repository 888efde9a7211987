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

/** How many refusals are remembered for the page about the process. */
const REMEMBERED_REFUSALS = 20;

export interface RecentRefusal {
  at: Date;
  entry: AuditEntry;
}

/**
 * Logs who did what: one line for each action, at the level `log`, with the context `Audit`. In each second it logs at most
 * 5 refusals of one address and 50 of all, then one line with the number of the others. Every refusal is counted.
 */
export class AuditLog {
  private readonly logger = new Logger('Audit');
  private readonly isForMachines: boolean;
  private readonly enabled: boolean;
  private readonly recent: RecentRefusal[] = [];
  private readonly refusals = new RefusalCounter((leftOut) => {
    this.write({ action: 'refusals', leftOut });
  });

  constructor({ format, level }: LogOptions) {
    this.isForMachines = format === 'json';
    this.enabled = includes(level, 'log');
  }

  record(entry: AuditEntry): void {
    const { action, refused, address } = entry;
    if (refused !== undefined && !this.refusals.count(action, refused, address)) return;
    if (refused !== undefined) this.remember(entry);
    this.write(entry);
  }

  /** How often each kind of refusal has happened since the process started, for metrics. */
  refusalCounts(): RefusalCount[] {
    return this.refusals.all();
  }

  /** The newest refusals that were logged, the newest first. */
  recentRefusals(): readonly RecentRefusal[] {
    return this.recent.toReversed();
  }

  private remember(entry: AuditEntry): void {
    this.recent.push({ at: new Date(), entry });
    if (this.recent.length > REMEMBERED_REFUSALS) this.recent.shift();
  }

  private write(entry: AuditEntry): void {
    if (!this.enabled) return;
    if (this.isForMachines) this.logger.log(entry.action, entry);
    else this.logger.log(toText(entry));
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
