import { z } from 'zod';
import { parseRedisUrl } from '@galley/redis';

/** Nest's level for each name that a level may have. */
const LOG_LEVELS = {
  fatal: 'fatal',
  error: 'error',
  warn: 'warn',
  warning: 'warn',
  log: 'log',
  info: 'log',
  debug: 'debug',
  verbose: 'verbose',
  trace: 'verbose',
} as const;

/** Variables that more than one app reads. */
export const variables = {
  /** A TCP port. 0 means any free port. */
  port: () => integer(0, 65_535),
  /** A whole number. */
  integer: (min: number, max: number, byDefault: number) => integer(min, max).default(byDefault),
  /** The forms of `parseRedisUrl`. */
  redisUrl: z.string().superRefine((text, context) => {
    try {
      parseRedisUrl(text);
    } catch (error) {
      context.addIssue((error as Error).message);
    }
  }),
  mongodbUri: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/\S+$/, 'must be a connection string such as mongodb://localhost:27017/galley'),
  /** Nest's levels, or what other loggers call them, in any case. */
  logLevel: z
    .string()
    .toLowerCase()
    .pipe(
      z.enum(
        Object.keys(LOG_LEVELS) as (keyof typeof LOG_LEVELS)[],
        'must be fatal, error, warn, log (or info), debug, or verbose (or trace)',
      ),
    )
    .transform((name) => LOG_LEVELS[name])
    .default('log'),
  /** `json` writes one object per line. */
  logFormat: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['text', 'json'], 'must be text or json'))
    .default('text'),
  /** The hash tag of the change feed's keys. Apps with the same name share the feed. */
  feedName: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"')
    .default('orders'),
};

const integer = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.int().min(min, message).max(max, message));
};
