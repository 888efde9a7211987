import { z } from 'zod';
import { parseRedisUrl } from '@galley/redis';

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
  logLevel: z.enum(['fatal', 'error', 'warn', 'log', 'debug', 'verbose']).default('log'),
  /** `json` writes one object per line. */
  logFormat: z.enum(['text', 'json']).default('text'),
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
