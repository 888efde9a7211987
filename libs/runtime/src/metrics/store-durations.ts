import { type Metrics } from './metrics.js';

/** The name of a server that is asked, as OpenTelemetry has it. */
type System = 'mongodb' | 'redis';

/**
 * How long operations of the stores take.
 * @see https://opentelemetry.io/docs/specs/semconv/database/database-metrics/
 */
export class StoreDurations {
  private readonly durations;

  constructor(metrics: Metrics) {
    this.durations = metrics.durations({
      name: 'db_client_operation_duration_seconds',
      help: 'How long operations of MongoDB and Redis take, from sending them to their answer.',
      labels: ['db_system_name', 'db_operation_name', 'error_type'],
    });
  }

  /**
   * @param operation one of few names
   * @param error empty if it did not fail
   */
  record(system: System, operation: string, error: string, seconds: number): void {
    this.durations.record(seconds, system, operation, error);
  }
}
