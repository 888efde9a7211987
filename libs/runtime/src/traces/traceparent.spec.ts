import { describe, expect, it } from '@jest/globals';
import { trace } from '@opentelemetry/api';
import { contextAfter, isTraceparent, traceparentOf } from './traceparent.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';

const parentOf = (traceparent?: string) => trace.getSpanContext(contextAfter(traceparent));

describe('a traceparent', () => {
  it('names the span that is continued, and whether it is recorded', () => {
    const parent = { traceId: TRACE_ID, spanId: SPAN_ID, isRemote: true };
    expect(parentOf(`00-${TRACE_ID}-${SPAN_ID}-01`)).toEqual({ ...parent, traceFlags: 1 });
    expect(parentOf(`00-${TRACE_ID}-${SPAN_ID}-00`)).toEqual({ ...parent, traceFlags: 0 });
  });

  it('may be of a later version, which may have more parts and flags', () => {
    expect(parentOf(`cc-${TRACE_ID}-${SPAN_ID}-03-what-will-be`)).toMatchObject({ spanId: SPAN_ID, traceFlags: 1 });
  });

  it.each([
    '',
    'garbage',
    `00-${TRACE_ID}-${SPAN_ID}`,
    `00-${TRACE_ID}-${SPAN_ID}-01-more`,
    `00-${TRACE_ID}-${SPAN_ID}-01 `,
    `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`,
    `00-${'0'.repeat(32)}-${SPAN_ID}-01`,
    `00-${TRACE_ID}-${'0'.repeat(16)}-01`,
    `ff-${TRACE_ID}-${SPAN_ID}-01`,
    `00-${TRACE_ID}-${SPAN_ID}-01\n`,
  ])('that is not valid begins a new trace: %j', (text) => {
    expect(isTraceparent(text)).toBe(false);
    expect(parentOf(text)).toBeUndefined();
  });

  it('is written only of a span that is recorded', () => {
    const spanWith = (traceFlags: number) => trace.wrapSpanContext({ traceId: TRACE_ID, spanId: SPAN_ID, traceFlags });
    expect(traceparentOf(spanWith(1))).toBe(`00-${TRACE_ID}-${SPAN_ID}-01`);
    expect(traceparentOf(spanWith(0))).toBeUndefined();
    expect(traceparentOf(undefined)).toBeUndefined();
  });
});
