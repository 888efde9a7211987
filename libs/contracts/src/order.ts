import { z } from 'zod';
import { ORDER_STATUSES } from './order-status.js';
import { actor } from './roles.js';
import { subject } from './subject.js';
import { text } from './text.js';

const whole = ({ source }: RegExp) => new RegExp(`^${source}$`);

/** A stage of production. A job passes through them in this order. */
export const orderStatus = z.enum(ORDER_STATUSES);

export const ORDER_ID = /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/;

/**
 * The caller's own id of an order. It is part of URLs, event names and room names, so only a few characters are
 * allowed.
 */
export const orderId = z
  .string()
  .regex(whole(ORDER_ID), 'must be 1 to 64 letters, digits, ".", "_" or "-", starting with a letter or digit');

/** The customer who owns an order: the `sub` of their token. */
export const customerId = subject;

/** Text to show to the user with one change. */
export const message = text(500);

/** Text about one change that only staff see. */
export const note = text(500);

/** Enough for nanoseconds and an offset. Without a limit, fractions of a second may have any number of digits. */
const MAX_DATE_LENGTH = 40;

/**
 * ISO 8601: a date (`2026-12-24`), or a date and time with its offset (`2026-12-24T12:00:00Z`). In UTC its year has four
 * digits, because texts of other lengths sort wrong.
 */
export const isoDate = z
  .union(
    [z.iso.date(), z.iso.datetime({ offset: true }).max(MAX_DATE_LENGTH)],
    'must be an ISO 8601 date (2026-12-24) or date and time with offset (2026-12-24T12:00:00Z)',
  )
  .refine(isInFourDigitYear, 'must be in the years 0000 to 9999, in UTC');

function isInFourDigitYear(date: string): boolean {
  const year = new Date(date).getUTCFullYear();
  return year >= 0 && year <= 9_999;
}

/** A time in ISO 8601, in UTC with milliseconds, so that sorting the strings sorts the times. */
export const instant = z.iso.datetime({ precision: 3 });

/** Fifteen digits. More cannot be told apart exactly, and are in no entry of the change feed. */
const MAX_REVISION = 999_999_999_999_999;

/** 1 for a new order, one more for each committed change. */
export const revision = z.int().min(1).max(MAX_REVISION);

/**
 * The fields of an order that clients set and change. Requests, orders, history, events, MongoDB's schema and the test
 * fixtures are derived from this list, so that a new field is one more line. `examples` are two different values.
 */
export const orderContent = z.strictObject({
  /** The name of the job. */
  title: text(200).meta({ examples: ['Annual report', 'Flyers'] }),
  /** How many copies to print. */
  quantity: z
    .int()
    .min(1)
    .max(1_000_000)
    .meta({ examples: [500, 250] }),
  /** The current stage of production. */
  status: orderStatus.meta({ examples: ['In Production', 'In Printing'] }),
  /** When the job is expected to be ready, exactly as the client wrote it. */
  estimatedDate: isoDate.meta({ examples: ['2026-12-24', '2026-12-24T12:00:00+01:00'] }).optional(),
  /** Whether the job should be done before others. */
  rush: z
    .boolean()
    .meta({ examples: [true, false] })
    .optional(),
});
export type OrderContent = z.infer<typeof orderContent>;

export const CONTENT_FIELDS = Object.keys(orderContent.shape) as (keyof OrderContent)[];

/** All that changes of an order: its content, and whether it has ended. */
export const orderState = orderContent.extend({
  /** When the order was closed; absent while it is open. */
  closedAt: instant.optional(),
});
export type OrderState = z.infer<typeof orderState>;

export const STATE_FIELDS = Object.keys(orderState.shape) as (keyof OrderState)[];

/** The fields in the events of a single order. The events of lists carry the whole order. */
export const UPDATE_FIELDS = ['status', 'estimatedDate', 'closedAt'] as const satisfies (keyof OrderState)[];

/** An example value for every content field. */
export function exampleContent(which: 0 | 1 = 0): OrderContent {
  const examples = Object.entries(orderContent.shape).map(([field, schema]) => {
    const described = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
    const { examples = [] } = (described as z.ZodType).meta() as { examples?: unknown[] };
    return [field, examples[which]];
  });
  return orderContent.parse(Object.fromEntries(examples));
}

/** An order as it is now. */
export const order = z.strictObject({
  /** The id of the order. It is never given again, not even after the order is deleted. */
  orderId,
  customerId,
  ...orderState.shape,
  /** When the order was issued. Lists begin with the newest. */
  dateIssued: instant,
  revision,
  /** When the order changed last. */
  updatedAt: instant,
});
export type Order = z.infer<typeof order>;

export const CHANGE_TYPES = ['created', 'updated', 'deleted'] as const;
/** What happened to the order. */
export const changeType = z.enum(CHANGE_TYPES);
export type ChangeType = z.infer<typeof changeType>;

/** What only staff get of a change. Changes of earlier versions have no actor. */
export const staffPart = z.strictObject({
  /** Who made the change. Only staff get it. */
  actor: actor.optional(),
  /** Text about the change that only staff get. */
  note: note.optional(),
});
export type StaffPart = z.infer<typeof staffPart>;

/** One committed change of an order, with the state of the order right after it. */
export const historyEntry = z.strictObject({
  /** What happened to the order. */
  type: changeType,
  /** The revision that the change made. */
  revision,
  /** When the change occurred. */
  timestamp: instant,
  ...orderState.shape,
  message: message.optional(),
  ...staffPart.shape,
});
export type HistoryEntry = z.infer<typeof historyEntry>;
