import { type Tracer } from '@opentelemetry/api';

/** Whether and where an app records spans. */
export class Tracing {
  /** For an app that records none. */
  static readonly off = new Tracing();

  /**
   * @param tracer makes spans; absent if nothing is traced, so that nothing is made or remembered for it
   * @param flush sends what was recorded, and ends. It never rejects
   */
  constructor(
    readonly tracer?: Tracer,
    readonly flush: () => Promise<void> = () => Promise.resolve(),
  ) {}
}
