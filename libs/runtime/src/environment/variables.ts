import { z } from 'zod';

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

/**
 * Variables that more than one app reads. `npm run docs:api` makes docs/CONFIGURATION.md of what stands in a schema: its
 * description is the meaning of the variable, `form` says what a value may be, and `byDefault` the default that a schema
 * cannot say. A schema that is used under several names gets its description there.
 */
export const variables = {
  /** A TCP port. 0 means any free port. */
  port: () => integer(0, 65_535),
  /** A whole number. */
  integer: (min: number, max: number, byDefault: number) => integer(min, max).default(byDefault),
  mongodbUri: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/\S+$/, 'must be a connection string such as mongodb://localhost:27017/galley')
    .meta({
      description:
        'the database of the orders; without it they are kept in memory and end with the process, which `NODE_ENV=production` refuses',
      form: 'connection string',
      isSecret: true,
    }),
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
    .meta({
      description: 'the least important lines that are logged',
      form: '`fatal`, `error`, `warn`, `log` (or `info`), `debug`, or `verbose` (or `trace`), in any case',
    })
    .default('log'),
  /** `json` writes one object per line. */
  logFormat: z
    .string()
    .toLowerCase()
    .pipe(z.enum(['text', 'json'], 'must be text or json'))
    .meta({ description: '`json` writes each line as an object' })
    .default('text'),
  /** The hash tag of the change feed's keys. Apps with the same name share the feed. */
  feedName: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"')
    .meta({
      description:
        'the name of the change feed: apps with the same name and the same Redis are one cluster, and its keys begin with it',
      form: '1 to 64 letters, digits, `.`, `_` or `-`',
    })
    .default('orders'),
};

const integer = (min: number, max: number) => {
  const form = `a whole number from ${min} to ${max}`;
  const message = `must be ${form}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.int().min(min, message).max(max, message))
    .meta({ form });
};
