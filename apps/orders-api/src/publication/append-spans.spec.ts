import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { context, ROOT_CONTEXT, trace, type Context, type SpanOptions, type Tracer } from '@opentelemetry/api';
import { type Appended, type AppendOutcome, type Change } from '@galley/change-feed';
import { Tracing } from '@galley/runtime';
import { AppendSpans } from './append-spans.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const REQUEST = trace.wrapSpanContext({ traceId: TRACE_ID, spanId: '00f067aa0ba902b7', traceFlags: 1 });

/** Counts the spans that it makes, all of them in one trace. */
class CountingTracer {
  readonly started: SpanOptions[] = [];

  readonly startSpan = (_name: string, options: SpanOptions = {}, before: Context = ROOT_CONTEXT) => {
    this.started.push(options);
    const spanId = this.started.length.toString(16).padStart(16, '0');
    return trace.wrapSpanContext({ traceId: '', traceFlags: 0, ...trace.getSpanContext(before), spanId });
  };
}

const changeOf = (revision: number): Change => ({
  ...{ type: 'updated', orderId: 'job', customerId: 'ana', revision, timestamp: '2026-11-23T10:00:00.000Z' },
  event: '{"orderId":"job"}',
});

const head = { epoch: '0000000100000000', seq: 1, digest: '0'.repeat(16) };
const answer = (outcome: AppendOutcome): Appended => ({ head, outcomes: [outcome] });

describe('AppendSpans', () => {
  let active: Context = ROOT_CONTEXT;
  beforeAll(() => {
    jest.spyOn(context, 'active').mockImplementation(() => active);
  });
  afterAll(() => {
    jest.restoreAllMocks();
  });

  const inRequest = (work: () => void) => {
    active = trace.setSpan(ROOT_CONTEXT, REQUEST);
    work();
    active = ROOT_CONTEXT;
  };

  const setUp = () => {
    const tracer = new CountingTracer();
    const spans = new AppendSpans(new Tracing(tracer as unknown as Tracer));
    const append = async (revision: number, outcome: AppendOutcome = { outcome: 'appended' }) => {
      const change = changeOf(revision);
      await spans.record([change], () => Promise.resolve(answer(outcome)));
      return change.traceparent;
    };
    return { tracer, spans, append };
  };

  it('go on with the trace of the request that has committed the change, once', async () => {
    const { spans, append } = setUp();
    inRequest(() => {
      spans.remember('job', 1);
    });
    expect(await append(1)).toBe(`00-${TRACE_ID}-0000000000000001-01`);
    expect(await append(1)).toBeUndefined();
    expect(await append(2)).toBeUndefined();
  });

  it('are made anew if the append fails, or must be repeated in another epoch', async () => {
    const { tracer, spans, append } = setUp();
    inRequest(() => {
      spans.remember('job', 1);
    });
    await expect(spans.record([changeOf(1)], () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    await append(1, { outcome: 'gap', expected: 1 });
    expect(await append(1)).toBe(`00-${TRACE_ID}-0000000000000003-01`);
    expect(tracer.started).toHaveLength(3);
  });

  it('remember no more than 10,000 commits, the newest', async () => {
    const { spans, append } = setUp();
    inRequest(() => {
      for (let revision = 1; revision <= 10_001; revision++) spans.remember('job', revision);
    });
    expect(await append(1)).toBeUndefined();
    expect(await append(2)).toBeDefined();
  });

  it('remember nothing without a request that is traced, and nothing if nothing is', async () => {
    const { spans, append } = setUp();
    spans.remember('job', 1);
    expect(await append(1)).toBeUndefined();
    const off = new AppendSpans(Tracing.off);
    inRequest(() => {
      off.remember('job', 1);
    });
    const change = changeOf(1);
    await off.record([change], () => Promise.resolve(answer({ outcome: 'appended' })));
    expect(change).not.toHaveProperty('traceparent');
  });
});
