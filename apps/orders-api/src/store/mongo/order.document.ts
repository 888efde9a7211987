import { Schema, type SchemaDefinition, type UpdateQuery } from 'mongoose';
import { z } from 'zod';
import { CHANGE_TYPES, orderState, STATE_FIELDS, type HistoryEntry, type Order } from '@galley/contracts';
import { isInDelivery } from '../in-delivery.js';
import { withState, type OrderCommit } from '../order-commit.js';
import { HISTORY_LIMIT, type Idempotency } from '../orders.repository.js';
import { derivedFields, type DerivedFields } from './derived-fields.js';
import { LIST_INDEXES } from './list-indexes.js';

/**
 * One document per order: its content, its history, and how much of that is published. The tombstone of an order that was
 * deleted long ago has only `_id` and `deleted`.
 */
export interface OrderDocument extends Omit<Order, 'orderId'> {
  _id: string;
  /** Newest last, at most 1,000. */
  history: StoredEntry[];
  publishedRevision: number;
  /** When the oldest unpublished change was committed; absent if all changes are marked as published. */
  unpublishedSince?: Date;
  /** Set on tombstones only. */
  deletedAt?: Date;
  deleted: boolean;
  /** When the order came to `Delivery`, or was opened again there; absent if it is elsewhere or closed. */
  inDeliverySince?: Date;
  /** Not on tombstones. */
  derived?: DerivedFields;
  /** Only if the order was placed with an `Idempotency-Key`. */
  idempotency?: Idempotency & {
    /** The first entry of the history, which drops it after 1,000 changes. Earlier versions did not keep it here. */
    placed?: HistoryEntry;
  };
}

/** An entry of the history, with the key of the change if it was made with one. Earlier versions skip it when they read. */
type StoredEntry = HistoryEntry & { idempotency?: Idempotency };

/** The document of a new order. */
export function toDocument({ order, entry }: OrderCommit, timeZone: string, idempotency?: Idempotency): OrderDocument {
  const { orderId, ...fields } = order;
  return {
    _id: orderId,
    ...fields,
    history: [entry],
    publishedRevision: 0,
    unpublishedSince: new Date(entry.timestamp),
    deleted: false,
    ...(isInDelivery(order) && { inDeliverySince: new Date(entry.timestamp) }),
    derived: derivedFields(order, timeZone),
    ...(idempotency && { idempotency: { ...idempotency, placed: entry } }),
  };
}

/** The update of the document of an order that changes, or ends. */
export function toUpdate(
  { order, entry }: OrderCommit,
  timeZone: string,
  idempotency?: Idempotency,
): UpdateQuery<OrderDocument> {
  const { revision, updatedAt } = order;
  const committedAt = new Date(entry.timestamp);
  const isDeleted = entry.type === 'deleted';
  const isWaiting = !isDeleted && isInDelivery(order);
  const absent: string[] = STATE_FIELDS.filter((field) => order[field] === undefined);
  if (isDeleted) absent.push('derived');
  if (!isWaiting) absent.push('inDeliverySince');
  return {
    $set: {
      ...withState({ revision, updatedAt }, order),
      ...(isDeleted ? { deleted: true, deletedAt: new Date(updatedAt) } : { derived: derivedFields(order, timeZone) }),
    },
    ...(absent.length > 0 && { $unset: Object.fromEntries(absent.map((field) => [field, 1])) }),
    $push: { history: { $each: [idempotency ? { ...entry, idempotency } : entry], $slice: -HISTORY_LIMIT } },
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

const keySchema = { key: String, fingerprint: String };

const entrySchema = new Schema<StoredEntry>(
  {
    type: { type: String, enum: CHANGE_TYPES, required: true },
    revision: { type: Number, required: true },
    timestamp: { type: String, required: true },
    ...statePaths(),
    message: String,
    note: String,
    actor: { type: new Schema({ role: { type: String, required: true }, sub: String }, { _id: false }) },
    idempotency: { type: new Schema<Idempotency>(keySchema, { _id: false }) },
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
    // Made by us and by no client, so Mongoose need not convert it, which would take longer than to derive it.
    derived: Schema.Types.Mixed,
    idempotency: {
      type: new Schema<NonNullable<OrderDocument['idempotency']>>(
        { ...keySchema, placed: entrySchema },
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

// Built by `npm run db:indexes`.
for (const index of LIST_INDEXES) orderSchema.index(index);
// For publication, closing and purging: few documents have these fields.
orderSchema.index(
  { unpublishedSince: 1, _id: 1 },
  { partialFilterExpression: { unpublishedSince: { $exists: true } } },
);
orderSchema.index({ inDeliverySince: 1, _id: 1 }, { partialFilterExpression: { inDeliverySince: { $exists: true } } });
orderSchema.index({ deletedAt: 1 }, { sparse: true });
