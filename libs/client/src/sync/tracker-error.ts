import { type FieldError } from '@galley/contracts';

/** Why orders cannot be tracked right now, or not at all if it is `permanent`. */
export class TrackerError extends Error {
  constructor(
    message: string,
    readonly options: {
      /** An error code of Galley, if Galley has answered. */
      code?: string;
      /** Another attempt would fail in the same way, so the tracker has given up. */
      permanent?: boolean;
      /** How many milliseconds the server asks to wait. */
      retryAfterMs?: number;
      /** What is wrong with each field, if the request is invalid. */
      errors?: readonly FieldError[];
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'TrackerError';
  }

  get code(): string | undefined {
    return this.options.code;
  }

  get permanent(): boolean {
    return this.options.permanent ?? false;
  }

  static from(cause: unknown): TrackerError {
    if (cause instanceof TrackerError) return cause;
    return new TrackerError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
