import { Logger } from '@nestjs/common';

/** How many documents are named in the log and remembered. */
const MAX_REMEMBERED = 1_000;

/** How much of an id is remembered. Our own have at most 64 characters. */
const MAX_NAME_LENGTH = 100;

/** The documents that were read and are no orders. Each is told once in the log. */
export class DamagedDocuments {
  private readonly logger = new Logger(DamagedDocuments.name);
  private readonly ids = new Set<string>();

  /** How many were found since the start, at most 1,000. */
  get count(): number {
    return this.ids.size;
  }

  /** @returns what `toValue` makes of the document; undefined if it throws, because the document is damaged */
  read<T>(id: unknown, toValue: () => T): T | undefined {
    try {
      return toValue();
    } catch (error) {
      this.report(id, error);
      return undefined;
    }
  }

  private report(id: unknown, error: unknown): void {
    const name = String(id).slice(0, MAX_NAME_LENGTH);
    if (this.ids.has(name) || this.ids.size >= MAX_REMEMBERED) return;
    this.ids.add(name);
    const reason = error instanceof Error ? error.message : 'unreadable';
    this.logger.error(`The document ${JSON.stringify(name)} is damaged, and left out: ${reason}`);
    if (this.ids.size === MAX_REMEMBERED) this.logger.error('Further damaged documents are not named');
  }
}
