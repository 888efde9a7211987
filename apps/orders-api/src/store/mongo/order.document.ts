import { Schema, type SchemaDefinition } from 'mongoose';
import { z } from 'zod';
import { CHANGE_TYPES, orderContent, type HistoryEntry, type Order } from '@galley/contracts';
import { type Idempotency } from '../orders.repository.js';

/** One document an order: what it is, what happened to it, and how much of that is published. */
export interface OrderDocument extends Omit<Order, 'orderId'> {
  _id: string;
  /** Newest last, at most 1,000. */
  history: HistoryEntry[];
  publishedRevision: number;
  /** Since when there is a change that is not marked as published; absent where there is none. */
  unpublishedSince?: Date;
  /** Set for tombstones. */
  deletedAt?: Date;
  deleted: boolean;
  idempotency?: Idempotency;
}

/** The name of the model. */
export const ORDER_MODEL = 'Order';

const TYPES = { string: String, integer: Number, number: Number, boolean: Boolean } as const;

/** The content fields as Mongoose declares them, by their JSON schema. */
function contentPaths(): SchemaDefinition {
  const { properties = {}, required = [] } = z.toJSONSchema(orderContent, { io: 'output' });
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
    ...contentPaths(),
    message: String,
  },
  { _id: false },
);

export const orderSchema = new Schema<OrderDocument>(
  {
    _id: { type: String, required: true },
    customerId: { type: String, required: true },
    ...contentPaths(),
    // ISO 8601 in UTC sorts as text does, and comes back exactly as it was answered.
    dateIssued: { type: String, required: true },
    revision: { type: Number, required: true },
    updatedAt: { type: String, required: true },
    history: { type: [entrySchema], required: true },
    publishedRevision: { type: Number, required: true },
    unpublishedSince: Date,
    deletedAt: Date,
    deleted: { type: Boolean, required: true },
    idempotency: { type: new Schema<Idempotency>({ key: String, fingerprint: String }, { _id: false }) },
  },
  {
    collection: 'orders',
    versionKey: false,
    strict: 'throw',
    // `true` would turn a mistyped filter into {}: every document.
    strictQuery: 'throw',
  },
);

// Lists: equality first, then the order of the page. Built by `npm run db:indexes`.
orderSchema.index({ deleted: 1, dateIssued: -1, _id: -1 });
orderSchema.index({ deleted: 1, status: 1, dateIssued: -1, _id: -1 });
orderSchema.index({ deleted: 1, customerId: 1, dateIssued: -1, _id: -1 });
// Publication and purging: few documents have these fields.
orderSchema.index({ unpublishedSince: 1 }, { sparse: true });
orderSchema.index({ deletedAt: 1 }, { sparse: true });
