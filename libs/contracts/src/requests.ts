import { z } from 'zod';
import { DAY_SECONDS, MAX_TOKEN_LIFETIME_SECONDS } from './connect.js';
import { DEFAULT_STATUS } from './new-order.js';
import {
  customerId,
  historyEntry,
  instant,
  isoDate,
  message,
  note,
  order,
  orderContent,
  orderId,
  orderStatus,
} from './order.js';
import { ORDER_STATUSES } from './order-status.js';
import { TOKEN_ROLES } from './roles.js';
import { position } from './position.js';
import { subject } from './subject.js';
import { atMostCharacters } from './text.js';

/** `POST /orders`: a new order. */
export const placeOrder = z.strictObject({
  customerId,
  ...orderContent.shape,
  /** The caller's own id. If absent, Galley makes one. It is part of URLs, event names and room names. */
  orderId: orderId.optional(),
  /** The stage of production that the order begins in. */
  status: orderContent.shape.status.default(DEFAULT_STATUS),
  /** When the order was issued; if absent, now. Any offset is accepted. It is stored in UTC, because lists are sorted by it. */
  dateIssued: isoDate.transform((text) => new Date(text).toISOString()).optional(),
  message: message.optional(),
  note: note.optional(),
});
export type PlaceOrder = z.infer<typeof placeOrder>;
export type PlaceOrderInput = z.input<typeof placeOrder>;

type Changeable<Shape> = {
  [Field in keyof Shape]: Shape[Field] extends z.ZodOptional<infer Present extends z.ZodType>
    ? z.ZodOptional<z.ZodNullable<Present>>
    : Shape[Field] extends z.ZodType
      ? z.ZodOptional<Shape[Field]>
      : never;
};

/** Each field may be left out. `null` removes an optional field. */
const changeable = <Shape extends Record<string, z.ZodType>>(shape: Shape) =>
  Object.fromEntries(
    Object.entries(shape).map(([field, schema]) => [
      field,
      schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType).nullable().optional() : schema.optional(),
    ]),
  ) as Changeable<Shape>;

/** `PATCH /orders/:orderId`: the fields to change. `null` removes an optional field. */
export const changeOrder = z
  .strictObject({
    ...changeable(orderContent.shape),
    /** Closes the order, or opens it again. A closed order takes no other change. */
    closed: z.boolean().optional(),
    message: message.optional(),
    note: note.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change at least one field')
  .meta({ minProperties: 1 });
export type ChangeOrder = z.infer<typeof changeOrder>;

export const MAX_PAGE_SIZE = 200;

/** How many elements a page may have, 1 to 200. */
const pageSize = z
  .string()
  .refine(isPageSize, `must be a whole number from 1 to ${MAX_PAGE_SIZE}`)
  .transform(Number)
  .meta({ type: 'integer', minimum: 1, maximum: MAX_PAGE_SIZE });

function isPageSize(text: string): boolean {
  return /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_PAGE_SIZE;
}

/** The `nextCursor` of the previous page, unchanged. */
const cursor = z.string().max(512).optional();

const yesOrNo = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ type: 'boolean', enum: undefined });

/** A parameter that is given once or several times. */
const statuses = z
  .union(
    [orderStatus, z.array(orderStatus)],
    `must be one of ${ORDER_STATUSES.map((status) => JSON.stringify(status)).join(', ')}`,
  )
  .transform((given) => [...new Set([given].flat())]);

/** The longest text to search for. */
const MAX_SEARCH_LENGTH = 100;

/** What the orders of a list must match: all of it. A date without a time stands for its beginning in the shop's time zone. */
const orderFilter = z.strictObject({
  /** Orders that are not closed, or only those that are. */
  open: yesOrNo.optional(),
  /** Orders with this status. Given several times: with one of them. */
  status: statuses.optional(),
  /** Orders of this customer. */
  customerId: customerId.optional(),
  /** Due then or later. An `estimatedDate` without a time ends with the day in the shop's time zone. */
  dueAfter: isoDate.optional(),
  /** Due before that. */
  dueBefore: isoDate.optional(),
  /** Changed then or later. */
  updatedSince: isoDate.optional(),
  /** Orders that are in a hurry, or only the others. */
  rush: yesOrNo.optional(),
  /** Each word must be the beginning of a word of the title, the order id or the customer id. Case and accents do not count. */
  q: z.string().check(atMostCharacters(MAX_SEARCH_LENGTH)).meta({ maxLength: MAX_SEARCH_LENGTH }).optional(),
});

/** `GET /orders` */
export const listOrders = orderFilter.extend({
  /** How many orders a page has at most. */
  limit: pageSize.default(50),
  cursor,
});
export type ListOrders = z.infer<typeof listOrders>;

/** `GET /counts` */
export const countOrders = orderFilter.extend({});
export type CountOrders = z.infer<typeof countOrders>;

/** The answer to `GET /counts`: how many orders match. */
export const orderCounts = z.strictObject({
  /** How many orders have each status. */
  counts: z.record(orderStatus, z.int().min(0)),
  /** How many orders there are, with any status. */
  total: z.int().min(0),
  /** False if only the newest 10,000 orders were examined. */
  isComplete: z.boolean(),
});
export type OrderCounts = z.infer<typeof orderCounts>;

/**
 * The answer to `GET /orders`: newest first by `dateIssued`, ties by `orderId`, the greater first. With `nextCursor` there may
 * be more, even if the page has fewer orders than its limit, or none: a page ends once 5,000 orders were examined.
 */
export const orderPage = z.strictObject({
  /** The orders of the page. */
  orders: z.array(order),
  /** The `cursor` of the next page. Absent on the last one. */
  nextCursor: z.string().optional(),
});
export type OrderPage = z.infer<typeof orderPage>;

/** `GET /orders/:orderId/history` */
export const readHistory = z.strictObject({
  /** If absent, a page has as many entries as fit: all 1,000 that an order keeps, unless their texts are long. */
  limit: pageSize.optional(),
  cursor,
  /** Which entry comes first. */
  order: z.enum(['oldest', 'newest']).default('oldest'),
});
export type ReadHistory = z.infer<typeof readHistory>;
export type HistoryOrder = ReadHistory['order'];

/** The answer to `GET /orders/:orderId/history`: the changes of one order. An order keeps its newest 1,000 changes. */
export const orderHistory = z.strictObject({
  /** The changes, in the order that was asked for. */
  history: z.array(historyEntry),
  /** The `cursor` of the next page. Absent on the last one. */
  nextCursor: z.string().optional(),
});
export type OrderHistory = z.infer<typeof orderHistory>;

/** `POST /orders/:orderId/tracking-links`. All fields are optional, and so is the body. */
export const issueTrackingLink = z
  .strictObject({
    /** How many seconds the link works, from a minute to 90 days. */
    expiresIn: z
      .int()
      .min(60)
      .max(MAX_TOKEN_LIFETIME_SECONDS)
      .default(30 * DAY_SECONDS),
  })
  .prefault({});
export type IssueTrackingLink = z.infer<typeof issueTrackingLink>;

/** A link that shows one order to anybody who has it. */
export const trackingLink = z.strictObject({
  /** The order that it shows. */
  orderId,
  /** The page of the order. The token comes after the `#`, a part that browsers do not send to the server. */
  url: z.string(),
  /** The token of the link, for programs. It is in the URL, too. */
  token: z.string(),
  /** The id of the link: `DELETE /sessions/:sub` ends it. */
  sub: z.string(),
  /** When the link ends. */
  expiresAt: instant,
});
export type TrackingLink = z.infer<typeof trackingLink>;

/** `DELETE /sessions/:sub?role=`: the `sub` of a user or of a tracking link. */
export const sessionSub = subject;

/** `DELETE /sessions/:sub` */
export const endSessions = z.strictObject({
  /** Signs out only this role of the `sub`; if absent, all roles. */
  role: z.enum(TOKEN_ROLES).optional(),
});
export type EndSessions = z.infer<typeof endSessions>;

/** `POST /announcements`: what the shop has to say. */
export const announce = z.strictObject({
  /** What every connected client is told. */
  message,
});
export type Announce = z.infer<typeof announce>;

/** `GET /changes` */
export const readChanges = z.strictObject({
  /** The last position that the client knows. `Last-Event-ID` goes first. */
  since: position.optional(),
  /** The order to follow, instead of all that the client may see. Repeat it to follow several. */
  orderId: z.union([orderId.transform((id) => [id]), z.array(orderId)]).optional(),
  /** Whether to send `feed` events. */
  feed: yesOrNo.optional(),
});
export type ReadChanges = z.infer<typeof readChanges>;

/** The header `Idempotency-Key` of requests that write orders: a text that the caller chooses, a different one for each. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters')
  .optional();
