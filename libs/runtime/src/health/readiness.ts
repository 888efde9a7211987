/** One condition that a replica must meet to get traffic. */
export abstract class ReadinessCheck {
  /** The key of the check in the report. */
  abstract readonly name: string;

  /**
   * `down` takes the replica out of service. `degraded` only shows that something does not work fully.
   * A rejection counts as `down`.
   */
  abstract check(): Readiness | Promise<Readiness>;
}

export type Readiness =
  | { state: 'up' }
  | {
      state: 'down' | 'degraded';
      reason: string;
      /** Figures for the report. */
      details?: Record<string, number>;
    };
