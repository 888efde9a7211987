import { type LogLevel } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { type Identity } from '../environment/identity.js';
import { withoutSecrets } from './secrets.js';

/** Nest's levels by the names that tools for logs know. */
const LEVEL_NAMES: Record<LogLevel, string> = {
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  log: 'info',
  debug: 'debug',
  verbose: 'trace',
};

export interface Logged {
  level: LogLevel;
  /** The part of the process that logs. */
  context?: string;
  message: unknown;
  stack?: unknown;
  error?: Error;
  /** More fields, such as `requestId`. */
  fields?: Record<string, unknown>;
}

/**
 * A line of the log for machines: an object without objects in it, whose keys are in snake case, such as `request_id`.
 * @param now the time of the line
 */
export function toLogRecord(
  { level, context, message, stack, error, fields = {} }: Logged,
  now: Date,
  identity?: Identity,
) {
  const record: Record<string, unknown> = {
    timestamp: now.toISOString(),
    level: LEVEL_NAMES[level],
    ...(identity && { service: identity.service, instance: identity.instance, version: identity.version }),
    logger: context,
    message: flat(message),
    ...currentTrace(),
  };
  for (const [key, value] of Object.entries(fields)) record[snakeCase(key)] ??= flat(value);
  if (error) {
    record.error_type = error.name;
    record.error_message = flat(error.message);
    if (error.cause !== undefined) record.error_cause = flat(error.cause);
  }
  const trace = error?.stack ?? stack;
  if (trace !== undefined) record.error_stack = flat(trace);
  return record;
}

/** The trace of the request that is served right now, if it is traced. */
function currentTrace() {
  const span = trace.getActiveSpan()?.spanContext();
  return span && { trace_id: span.traceId, span_id: span.spanId };
}

function flat(value: unknown): unknown {
  if (value instanceof Error) return withoutSecrets(value.message);
  if (typeof value === 'object' && value !== null) return withoutSecrets(JSON.stringify(value));
  return typeof value === 'string' ? withoutSecrets(value) : value;
}

const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
