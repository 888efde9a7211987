import { z } from 'zod';

/** The answer of a process that works. */
export const liveReport = z.strictObject({
  /** The process answers. */
  status: z.literal('ok'),
});
export type LiveReport = z.infer<typeof liveReport>;

/** What one check has found. There may be figures beside it. */
export const checkResult = z.looseObject({
  /** `down` takes the replica out of service. `degraded` only shows that something does not work fully. */
  status: z.enum(['up', 'down', 'degraded']),
  /** Why it is not `up`, for operators. */
  reason: z.string().optional(),
});

/** Whether a replica should get traffic, and why not. */
export const readyReport = z.strictObject({
  /** With 200, `ok` or `degraded`. With 503, `error` if a check is `down`, or `shutting_down` if the replica stops. */
  status: z.enum(['ok', 'degraded', 'error', 'shutting_down']),
  /** The checks that did not fail, by their names. */
  info: z.record(z.string(), checkResult),
  /** The checks that failed, by their names. */
  error: z.record(z.string(), checkResult),
  /** All checks, by their names. */
  details: z.record(z.string(), checkResult),
});
