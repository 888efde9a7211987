import { z } from 'zod';

/** Which requests are traced, by the names of OpenTelemetry. A sampler with `parentbased_` follows who has called. */
export const SAMPLER_NAMES = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Where the spans of an app go, and which of them. */
export interface TraceOptions {
  /** The URL that takes spans. */
  url: string;
  /** Sent with each request. They may hold secrets. */
  headers: Record<string, string>;
  sampler: (typeof SAMPLER_NAMES)[number];
  /** The share of the traces that are recorded, if the sampler asks for one. */
  share: number;
}

/** The path of a collector that takes spans. */
const TRACES_PATH = '/v1/traces';

const HEADERS = /^[^=,\s]+=[^,]+(, ?[^=,\s]+=[^,]+)*$/;

/** Values of Base64 end with more `=`. */
const toHeaders = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split(/, ?/).map((header) => {
      const [name = '', ...value] = header.split('=');
      return [name, decodeURIComponent(value.join('='))];
    }),
  );

const url = z.url({ protocol: /^https?$/, error: 'must be a URL such as http://collector:4318' });

/**
 * The environment variables about traces, with the names and the meanings that OpenTelemetry gives them.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export const traceVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url
    .meta({
      description:
        'the OpenTelemetry collector that gets [traces](OPERATIONS.md#traces), by OTLP over HTTP as JSON; without it nothing is traced',
      form: 'URL',
    })
    .optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url
    .meta({
      description: `the whole URL that gets traces, where it is not \`${TRACES_PATH}\` of a collector`,
      form: 'URL',
    })
    .optional(),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(HEADERS, 'must be headers such as name=value,other=value')
    .transform((text, context) => {
      try {
        return toHeaders(text);
      } catch {
        context.addIssue('must be percent-encoded');
        return z.NEVER;
      }
    })
    .meta({
      description: 'headers that the collector wants, such as a key',
      form: '`NAME=VALUE,...`, percent-encoded',
      isSecret: true,
    })
    .optional(),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLER_NAMES, `must be ${SAMPLER_NAMES.join(', ')}`)
    .describe(
      'which requests are traced; with `parentbased_`, those that come with the `traceparent` of a traced one, too',
    )
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z
    .string()
    .regex(/^(0|1|0?\.\d{1,15}|1\.0*)$/, 'must be a number from 0 to 1')
    .transform(Number)
    .meta({ description: 'the share of the requests that `traceidratio` takes', form: 'a number from 0 to 1' })
    .default(1),
  OTEL_SDK_DISABLED: z.enum(['true', 'false']).describe('`true` traces nothing').default('false'),
};

type TraceValues = z.output<z.ZodObject<typeof traceVariables>>;

/** @returns undefined if nothing is to be traced */
export function toTraceOptions(e: TraceValues): TraceOptions | undefined {
  const base = e.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, '');
  const toTraces = e.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (base === undefined ? undefined : `${base}${TRACES_PATH}`);
  if (toTraces === undefined || e.OTEL_SDK_DISABLED === 'true') return undefined;
  return {
    url: toTraces,
    headers: e.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    sampler: e.OTEL_TRACES_SAMPLER,
    share: e.OTEL_TRACES_SAMPLER_ARG,
  };
}
