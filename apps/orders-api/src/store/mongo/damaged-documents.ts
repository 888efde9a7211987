import { Logger } from '@nestjs/common';

/** How many documents are named in the log and remembered. */
const MAX_REMEMBERED = 1_000;

/** The documents that were read and are no orders. Each is told once in the log. */
export class DamagedDocuments {
  private readonly logger = new Logger(DamagedDocuments.name);
  private readonly ids = new Set<unknown>();

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

  report(id: unknown, error: unknown): void {
    if (this.ids.has(String(id)) || this.ids.size >= MAX_REMEMBERED) return;
    this.ids.add(String(id));
    const name = JSON.stringify(String(id).slice(0, 100));
    this.logger.error(
      `The document ${name} is damaged, and left out: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
    if (this.ids.size === MAX_REMEMBERED)
      this.logger.error(`More damaged documents than ${MAX_REMEMBERED} are not named`);
  }
}
