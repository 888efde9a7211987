/** Why orders cannot be tracked right now, or, where it is `permanent`, not at all. */
export class TrackerError extends Error {
  constructor(
    message: string,
    readonly options: {
      /** One of the error codes of Galley, where Galley has answered. */
      code?: string;
      /** Repeating it would change nothing: the tracker has given up. */
      permanent?: boolean;
      /** Milliseconds that the server asks to wait. */
      retryAfter?: number;
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
