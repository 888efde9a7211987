/** One condition for taking traffic. */
export abstract class ReadinessCheck {
  /** The key under which it is reported. */
  abstract readonly name: string;

  /**
   * `down` takes the replica out of service; `degraded` only shows that something is impaired.
   * A rejection counts as `down`.
   */
  abstract check(): Readiness | Promise<Readiness>;
}

export type Readiness = { state: 'up' } | { state: 'down' | 'degraded'; reason: string };
