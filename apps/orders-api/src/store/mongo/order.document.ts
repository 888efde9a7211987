import { Schema, type SchemaDefinition, type UpdateQuery } from 'mongoose';
import { z } from 'zod';
import { CHANGE_TYPES, orderState, STATE_FIELDS, type HistoryEntry, type Order } from '@galley/contracts';
import { isInDelivery } from '../in-delivery.js';
import { withState, type OrderCommit } from '../order-commit.js';
import { HISTORY_LIMIT, type Idempotency } from '../orders.repository.js';

/**
 * One document per order: its content, its history, and how much of that is published. The tombstone of an order that was
 * deleted long ago has only `_id` and `deleted`.
 */
export interface OrderDocument extends Omit<Order, 'orderId'> {
  _id: string;
  /** Newest last, at most 1,000. */
  history: HistoryEntry[];
  publishedRevision: number;
  /** When the oldest unpublished change was committed; absent if all changes are marked as published. */
  unpublishedSince?: Date;
  /** Set on tombstones only. */
  deletedAt?: Date;
  deleted: boolean;
  /** When the order came to `Delivery`, or was opened again there; absent if it is elsewhere or closed. */
  inDeliverySince?: Date;
  /** Only if the order was placed with an `Idempotency-Key`. */
  idempotency?: Idempotency & {
    /** The first entry of the history, which drops it after 1,000 changes. Earlier versions did not keep it here. */
    placed?: HistoryEntry;
  };
}

/** The document of a new order. */
export function toDocument({ order, entry }: OrderCommit, idempotency?: Idempotency): OrderDocument {
  const { orderId, ...fields } = order;
  return {
    _id: orderId,
    ...fields,
    history: [entry],
    publishedRevision: 0,
    unpublishedSince: new Date(entry.timestamp),
    deleted: false,
    ...(isInDelivery(order) && { inDeliverySince: new Date(entry.timestamp) }),
    ...(idempotency && { idempotency: { ...idempotency, placed: entry } }),
  };
}

/** The update of the document of an order that changes, or ends. */
export function toUpdate({ order, entry }: OrderCommit): UpdateQuery<OrderDocument> {
  const { revision, updatedAt } = order;
  const committedAt = new Date(entry.timestamp);
  const isWaiting = entry.type !== 'deleted' && isInDelivery(order);
  const absent: string[] = STATE_FIELDS.filter((field) => order[field] === undefined);
  if (!isWaiting) absent.push('inDeliverySince');
  return {
    $set: {
      ...withState({ revision, updatedAt }, order),
      ...(entry.type === 'deleted' && { deleted: true, deletedAt: new Date(updatedAt) }),
    },
    ...(absent.length > 0 && { $unset: Object.fromEntries(absent.map((field) => [field, 1])) }),
    $push: { history: { $each: [entry], $slice: -HISTORY_LIMIT } },
    // An order that was there before keeps its time.
    $min: { unpublishedSince: committedAt, ...(isWaiting && { inDeliverySince: committedAt }) },
  };
}

export const ORDER_MODEL = 'Order';

const TYPES = { string: String, integer: Number, number: Number, boolean: Boolean } as const;

/** The fields that change as Mongoose paths, derived from their JSON schema. */
function statePaths(): SchemaDefinition {
  const { properties = {}, required = [] } = z.toJSONSchema(orderState, { io: 'output' });
  return Object.fromEntries(
    Object.entries(properties).map(([field, schema]) => {
      const { type, anyOf = [], enum: values } = schema as z.core.JSONSchema.BaseSchema;
      const [first] = anyOf;
      const name = (type ?? first?.type) as keyof typeof TYPES | undefined;
      if (name === undefined || !(name in TYPES)) throw new Error(`MongoDB has no type for the field ${field}`);
      return [field, { type: TYPES[name], required: required.includes(field), ...(values && { enum: values }) }];
    }),
  ) as SchemaDefinition;
}

const entrySchema = new Schema<HistoryEntry>(
  {
    type: { type: String, enum: CHANGE_TYPES, required: true },
    revision: { type: Number, required: true },
    timestamp: { type: String, required: true },
    ...statePaths(),
    message: String,
    note: String,
    actor: { type: new Schema({ role: { type: String, required: true }, sub: String }, { _id: false }) },
  },
  { _id: false },
);

export const orderSchema = new Schema<OrderDocument>(
  {
    _id: { type: String, required: true },
    customerId: { type: String, required: true },
    ...statePaths(),
    // ISO 8601 in UTC sorts correctly as text, and is read back exactly as it was answered.
    dateIssued: { type: String, required: true },
    revision: { type: Number, required: true },
    updatedAt: { type: String, required: true },
    history: { type: [entrySchema], required: true },
    publishedRevision: { type: Number, required: true },
    unpublishedSince: Date,
    deletedAt: Date,
    inDeliverySince: Date,
    deleted: { type: Boolean, required: true },
    idempotency: {
      type: new Schema<NonNullable<OrderDocument['idempotency']>>(
        { key: String, fingerprint: String, placed: entrySchema },
        { _id: false },
      ),
    },
  },
  {
    collection: 'orders',
    versionKey: false,
    strict: 'throw',
    // With `true`, a mistyped filter would become {} and match every document.
    strictQuery: 'throw',
  },
);

// For lists: fields that are compared first, then the sort order. Built by `npm run db:indexes`.
orderSchema.index({ deleted: 1, dateIssued: -1, _id: -1 });
orderSchema.index({ deleted: 1, status: 1, dateIssued: -1, _id: -1 });
orderSchema.index({ deleted: 1, customerId: 1, dateIssued: -1, _id: -1 });
// For publication, closing and purging: few documents have these fields.
orderSchema.index(
  { unpublishedSince: 1, _id: 1 },
  { partialFilterExpression: { unpublishedSince: { $exists: true } } },
);
orderSchema.index({ inDeliverySince: 1, _id: 1 }, { partialFilterExpression: { inDeliverySince: { $exists: true } } });
orderSchema.index({ deletedAt: 1 }, { sparse: true });
