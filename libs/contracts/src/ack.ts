import { z } from 'zod';
import { errorCode } from './errors.js';

/** Why an event of a client was refused. */
export const eventRefusal = z.strictObject({
  /** The stable code of the refusal. */
  code: errorCode,
  /** A sentence for people. It may change. */
  message: z.string(),
});
export type EventRefusal = z.infer<typeof eventRefusal>;

/** The acknowledgement of an event that was refused. */
export const refusedAck = z.strictObject({
  /** The event had no effect. */
  ok: z.literal(false),
  /** Why. */
  error: eventRefusal,
});

/** The answer to every event that a client sends. */
export type Ack<T> = { ok: true; data: T } | { ok: false; error: EventRefusal };

/** The acknowledgement of an event that was accepted. */
export const acceptedAck = <T extends z.ZodType>(data: T) =>
  z.strictObject({
    /** The event had its effect. */
    ok: z.literal(true),
    /** What it had as its effect. */
    data,
  });

export const ackOf = <T extends z.ZodType>(data: T) => z.discriminatedUnion('ok', [acceptedAck(data), refusedAck]);
