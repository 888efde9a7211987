import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, readEnvironment } from '../environment/environment.js';
import { toTraceOptions, traceVariables } from './trace-variables.js';

const read = (env: NodeJS.ProcessEnv) => toTraceOptions(readEnvironment(z.object(traceVariables), env));

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };

describe('the variables about traces', () => {
  it('trace nothing without an endpoint, or if they say so', () => {
    expect(read({})).toBeUndefined();
    expect(read({ OTEL_TRACES_SAMPLER: 'always_on' })).toBeUndefined();
    expect(read({ ...ENDPOINT, OTEL_SDK_DISABLED: 'true' })).toBeUndefined();
  });

  it('send everything to the path for traces of a collector, unless they say otherwise', () => {
    const byDefault = { headers: {}, sampler: 'parentbased_always_on', share: 1 };
    expect(read(ENDPOINT)).toEqual({ url: 'http://collector:4318/v1/traces', ...byDefault });
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/in' };
    expect(read({ ...ENDPOINT, ...own })?.url).toBe('https://traces.example/in');
    expect(read(own)?.url).toBe('https://traces.example/in');
  });

  it('have headers, percent-encoded, and the share that a sampler takes', () => {
    const headers = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YQ==, x-scope=shop%3D1' };
    const sampler = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.05' };
    expect(read({ ...ENDPOINT, ...headers, ...sampler })).toMatchObject({
      headers: { authorization: 'Basic YQ==', 'x-scope': 'shop=1' },
      sampler: 'parentbased_traceidratio',
      share: 0.05,
    });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector.shop.example'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'no-value'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'name=%zz'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '5.5'],
    ['OTEL_SDK_DISABLED', 'yes'],
  ])('refuse what is not valid, and do not repeat it: %s=%s', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(ConfigError);
    expect(() => read({ [name]: value })).toThrow(name);
    expect(() => read({ [name]: value })).not.toThrow(value);
  });
});
