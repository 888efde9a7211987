import { AuditLog, type AuditEntry } from '@galley/runtime';

/** An audit log that keeps its entries. */
export class RecordedAudit extends AuditLog {
  readonly entries: AuditEntry[] = [];

  constructor() {
    super({ level: 'fatal', format: 'text', name: 'test' });
  }

  override record(entry: AuditEntry): void {
    this.entries.push(entry);
  }
}
