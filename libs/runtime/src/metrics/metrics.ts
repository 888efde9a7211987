import { getHeapStatistics } from 'node:v8';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { Durations } from './durations.js';

type Labels = Record<string, string>;

/** A number, with what tells it from the others of its metric. */
export type Sample = readonly [labels: Labels, value: number];

interface Description {
  /** Has the form that Prometheus wants: `galley_`, what it is, its unit, `_total` if it only grows. */
  name: string;
  /** A sentence for those who read a dashboard. */
  help: string;
  labels?: readonly string[];
}

interface Read extends Description {
  /** Called whenever somebody asks for the metrics. */
  read: () => number | Iterable<Sample>;
}

/**
 * Bounds of seconds, from a write to memory up to a client that waits in vain.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-metrics/
 */
export const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * The metrics of one app. What the app counts anyway is read when somebody asks, so it costs nothing more; only durations are
 * recorded as they happen. Labels have few values, all of our own choice: never an id, an address or what a client has sent.
 * @see https://prometheus.io/docs/practices/naming/
 */
export class Metrics {
  static readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;

  private readonly registry = new Registry();

  /** A number that only grows while the process runs. */
  counter({ read, ...description }: Read): void {
    new Counter({
      ...this.toConfig(description),
      collect() {
        this.reset();
        for (const [labels, value] of samplesOf(read())) this.inc(labels, value);
      },
    });
  }

  /** A number as it is now. */
  gauge({ read, ...description }: Read): void {
    new Gauge({
      ...this.toConfig(description),
      collect() {
        this.reset();
        for (const [labels, value] of samplesOf(read())) this.set(labels, value);
      },
    });
  }

  /** Durations in seconds. */
  durations<const Labels extends readonly string[]>({
    buckets = DURATION_BUCKETS,
    ...description
  }: Description & { labels: Labels; buckets?: readonly number[] }): Durations<Labels> {
    const durations = new Durations({ ...description, buckets });
    this.registry.registerMetric(durations.asMetric());
    return durations;
  }

  /** Adds those of the process: event loop, garbage collection, memory, CPU, descriptors. Not if several apps share one. */
  addProcess(): void {
    collectDefaultMetrics({ register: this.registry });
    this.gauge({
      name: 'nodejs_heap_size_limit_bytes',
      help: 'How large the heap may grow before the process ends.',
      read: () => getHeapStatistics().heap_size_limit,
    });
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  private toConfig({ name, help, labels = [] }: Description) {
    return { name, help, labelNames: [...labels], registers: [this.registry] };
  }
}

const samplesOf = (read: number | Iterable<Sample>): Iterable<Sample> =>
  typeof read === 'number' ? [[{}, read]] : read;
