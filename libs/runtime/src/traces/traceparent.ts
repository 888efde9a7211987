import { isSpanContextValid, ROOT_CONTEXT, trace, TraceFlags, type Context, type Span } from '@opentelemetry/api';

const VERSION = '00';

/** Later versions may add parts at the end. */
const FORM =
  /^(?<version>[0-9a-f]{2})-(?<traceId>[0-9a-f]{32})-(?<spanId>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?<more>-.*)?$/;

/** Names no version, so that a traceparent cannot begin with it. */
const NO_VERSION = 'ff';

/**
 * Reads the header `traceparent`: a span of another process, which the spans of this one continue.
 * @returns undefined if it is not valid
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
function parseTraceparent(text: string) {
  const { version, traceId = '', spanId = '', flags = '', more } = FORM.exec(text)?.groups ?? {};
  if (version === NO_VERSION || (version === VERSION && more !== undefined)) return undefined;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  const parent = { traceId, spanId, traceFlags, isRemote: true };
  return isSpanContextValid(parent) ? parent : undefined;
}

export const isTraceparent = (text: string): boolean => parseTraceparent(text) !== undefined;

/** The context of the children of a span elsewhere. Without a valid `traceparent`, a new trace begins. */
export function contextAfter(traceparent: string | undefined): Context {
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}

/** The `traceparent` for the children of a span elsewhere; undefined if nobody records the trace. */
export function traceparentOf(span: Span | undefined): string | undefined {
  if (!span) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  return (traceFlags & TraceFlags.SAMPLED) === 0 ? undefined : `${VERSION}-${traceId}-${spanId}-01`;
}
