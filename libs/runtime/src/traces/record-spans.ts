import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';
import { type Identity } from '../environment/identity.js';
import { Outage } from '../logs/outage.js';
import { type TraceOptions } from './trace-variables.js';
import { Tracing } from './tracing.js';

/** How long a stop waits for the collector. */
const FLUSH_WITHIN_MS = 2_000;

const SAMPLERS: Record<TraceOptions['sampler'], (share: number) => Sampler> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: (share) => new TraceIdRatioBasedSampler(share),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: (share) => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
};

/**
 * Records spans, and sends them to a collector in the background. While it is away, at most so many spans are kept as the SDK's
 * queue takes (2,048), and the others are dropped.
 */
export function recordSpans(identity: Identity, { url, headers, sampler, share }: TraceOptions): Tracing {
  const { service, instance, version } = identity;
  const ours = resourceFromAttributes({
    'service.namespace': 'galley',
    'service.name': service,
    'service.instance.id': instance,
    'service.version': version,
  });
  const provider = new BasicTracerProvider({
    // What OTEL_RESOURCE_ATTRIBUTES says is said on purpose.
    resource: ours.merge(detectResources({ detectors: [envDetector] })),
    sampler: SAMPLERS[sampler](share),
    spanProcessors: [new BatchSpanProcessor(new ReportingExporter({ url, headers }))],
  });
  // One for the process: `npm start` has several apps in it, each with a provider of its own.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return new Tracing(provider.getTracer('galley', version), async () => {
    const isOver = new AbortController();
    const flushed = provider.shutdown().catch(() => undefined);
    await Promise.race([flushed, delay(FLUSH_WITHIN_MS, undefined, isOver).catch(() => undefined)]);
    isOver.abort();
  });
}

/** Tells in the log when the collector goes away and comes back. The SDK itself drops spans silently. */
class ReportingExporter extends OTLPTraceExporter {
  private readonly outage = new Outage(
    new Logger('Traces'),
    'The collector does not take spans, which are dropped meanwhile',
    'The collector takes spans again',
  );

  override export(...[spans, done]: Parameters<OTLPTraceExporter['export']>): void {
    super.export(spans, (result) => {
      if (result.error) this.outage.failed(result.error.message);
      else this.outage.over();
      done(result);
    });
  }
}
