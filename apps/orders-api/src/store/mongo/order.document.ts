import { Schema } from 'mongoose';
import { CHANGE_TYPES, ORDER_STATUSES, type HistoryEntry, type Order } from '@galley/contracts';
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

const entrySchema = new Schema<HistoryEntry>(
  {
    type: { type: String, enum: CHANGE_TYPES, required: true },
    revision: { type: Number, required: true },
    timestamp: { type: String, required: true },
    title: { type: String, required: true },
    quantity: { type: Number, required: true },
    status: { type: String, enum: ORDER_STATUSES, required: true },
    estimatedDate: String,
    message: String,
  },
  { _id: false },
);

export const orderSchema = new Schema<OrderDocument>(
  {
    _id: { type: String, required: true },
    customerId: { type: String, required: true },
    title: { type: String, required: true },
    quantity: { type: Number, required: true },
    status: { type: String, enum: ORDER_STATUSES, required: true },
    estimatedDate: String,
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
