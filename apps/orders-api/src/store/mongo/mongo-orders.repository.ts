import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { mongo, type Model, type ProjectionType, type QueryFilter } from 'mongoose';
import { CONTENT_FIELDS, type HistoryEntry, type Order } from '@galley/contracts';
import { orderAt, withContent, type OrderCommit } from '../order-commit.js';
import {
  HISTORY_LIMIT,
  OrdersRepository,
  type Idempotency,
  type OrderBacklog,
  type OrderFilter,
  type PublishedMark,
  type StoredOrder,
  type UnpublishedOrder,
} from '../orders.repository.js';
import { Database } from './database.js';
import { ORDER_MODEL, type OrderDocument } from './order.document.js';

const DUPLICATE_KEY = 11_000;

const WITHOUT_HISTORY: ProjectionType<OrderDocument> = { history: 0, idempotency: 0 };
type WithoutHistory = Omit<OrderDocument, 'history' | 'idempotency'>;

/**
 * Keeps orders in MongoDB: standalone, replica set or sharded. Every commit is one operation on one document, so it
 * needs no transaction. A majority acknowledges each write.
 */
@Injectable()
export class MongoOrdersRepository extends OrdersRepository {
  constructor(
    @InjectModel(ORDER_MODEL) private readonly documents: Model<OrderDocument>,
    private readonly database: Database,
  ) {
    super();
  }

  override async insert({ order, entry }: OrderCommit, idempotency?: Idempotency): Promise<boolean> {
    const { orderId, ...fields } = order;
    const document: OrderDocument = {
      _id: orderId,
      ...fields,
      history: [entry],
      publishedRevision: 0,
      unpublishedSince: new Date(entry.timestamp),
      deleted: false,
      ...(idempotency && { idempotency }),
    };
    try {
      await this.database.answer(() => this.documents.insertOne(document));
      return true;
    } catch (error) {
      if (error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY) return false;
      throw error;
    }
  }

  override async update({ order, entry }: OrderCommit): Promise<boolean> {
    const { revision, updatedAt } = order;
    const absent = CONTENT_FIELDS.filter((field) => order[field] === undefined);
    const { matchedCount } = await this.database.answer(() =>
      this.documents.updateOne(
        { _id: order.orderId, revision: revision - 1, deleted: false },
        {
          $set: {
            ...withContent({ revision, updatedAt }, order),
            ...(entry.type === 'deleted' && { deleted: true, deletedAt: new Date(updatedAt) }),
          },
          ...(absent.length > 0 && { $unset: Object.fromEntries(absent.map((field) => [field, 1])) }),
          $push: { history: { $each: [entry], $slice: -HISTORY_LIMIT } },
          $min: { unpublishedSince: new Date(entry.timestamp) },
        },
      ),
    );
    return matchedCount === 1;
  }

  override async find(orderId: string): Promise<StoredOrder | undefined> {
    const document = await this.database.answer(() =>
      this.documents.findOne({ _id: orderId, deleted: false }, WITHOUT_HISTORY).lean<WithoutHistory>().exec(),
    );
    return document ? { order: toOrder(document), publishedRevision: document.publishedRevision } : undefined;
  }

  override async findPlaced(orderId: string): Promise<{ order: Order; idempotency?: Idempotency } | undefined> {
    const fields: ProjectionType<OrderDocument> = {
      ...{ customerId: 1, dateIssued: 1, idempotency: 1 },
      history: { $slice: 1 },
    };
    const document = await this.database.answer(() =>
      this.documents.findOne({ _id: orderId }, fields).lean<OrderDocument>().exec(),
    );
    const [first] = document?.history ?? [];
    return document && first
      ? { order: orderAt({ ...document, orderId }, first), idempotency: document.idempotency }
      : undefined;
  }

  override async list(filter: OrderFilter): Promise<Order[]> {
    const documents = await this.database.answer(() =>
      this.documents
        .find(toQuery(filter), WITHOUT_HISTORY)
        .sort({ dateIssued: -1, _id: -1 })
        .limit(filter.limit)
        .lean<WithoutHistory[]>()
        .exec(),
    );
    return documents.map(toOrder);
  }

  override async history(orderId: string): Promise<HistoryEntry[] | undefined> {
    const document = await this.database.answer(() =>
      this.documents
        .findOne({ _id: orderId, deleted: false }, { history: 1 })
        .lean<Pick<OrderDocument, 'history'>>()
        .exec(),
    );
    return document?.history;
  }

  override async unpublished(orderIds: readonly string[], perOrder: number): Promise<UnpublishedOrder[]> {
    // Revisions have no gaps, so this is the place of the oldest unpublished entry, counted from the end of the history.
    const oldest = { $subtract: ['$publishedRevision', '$revision'] };
    const documents = await this.database.answer(() =>
      this.documents
        .aggregate<OrderDocument>([
          { $match: { _id: { $in: orderIds }, $expr: { $lt: ['$publishedRevision', '$revision'] } } },
          {
            $project: {
              ...{ customerId: 1, dateIssued: 1, revision: 1, publishedRevision: 1 },
              // The database cuts the history, so that a long one with few unpublished entries is not sent.
              history: { $slice: ['$history', oldest, perOrder] },
            },
          },
        ])
        // A change that a failover can still undo must not be published.
        .readConcern('majority')
        .exec(),
    );
    return documents.map(({ _id, customerId, dateIssued, history, revision, publishedRevision }) => ({
      order: { orderId: _id, customerId, dateIssued },
      entries: history,
      left: revision - publishedRevision - history.length,
    }));
  }

  override async markPublished(marks: readonly PublishedMark[]): Promise<void> {
    if (marks.length === 0) return;
    await this.database.answer(() =>
      this.documents.bulkWrite(
        marks.flatMap(({ orderId, revision, timestamp }) => [
          {
            updateOne: {
              filter: { _id: orderId, revision },
              update: { $max: { publishedRevision: revision }, $unset: { unpublishedSince: 1 } },
            },
          },
          // If the order has changed since, the newer change is still unpublished.
          {
            updateOne: {
              filter: { _id: orderId, revision: { $gt: revision }, unpublishedSince: { $exists: true } },
              update: { $max: { publishedRevision: revision, unpublishedSince: new Date(timestamp) } },
            },
          },
        ]),
        { ordered: false },
      ),
    );
  }

  override async countUnpublished(limit: number): Promise<number> {
    const [total] = await this.database.answer(() =>
      this.documents
        .aggregate<{ changes: number }>([
          { $match: { unpublishedSince: { $exists: true } } },
          { $sort: { unpublishedSince: 1, _id: 1 } },
          { $limit: limit },
          { $project: { changes: { $subtract: ['$revision', '$publishedRevision'] } } },
          { $group: { _id: null, changes: { $sum: '$changes' } } },
        ])
        .exec(),
    );
    return total?.changes ?? 0;
  }

  override async findUnpublished(limit: number, after?: OrderBacklog): Promise<OrderBacklog[]> {
    const { since, orderId } = after ?? {};
    const documents = await this.database.answer(() =>
      this.documents
        .find(
          {
            unpublishedSince: { $exists: true },
            ...(after && {
              $or: [{ unpublishedSince: { $gt: since } }, { unpublishedSince: since, _id: { $gt: orderId } }],
            }),
          },
          { unpublishedSince: 1 },
        )
        .sort({ unpublishedSince: 1, _id: 1 })
        .limit(limit)
        .lean<{ _id: string; unpublishedSince: Date }[]>()
        .exec(),
    );
    return documents.map(({ _id, unpublishedSince }) => ({ orderId: _id, since: unpublishedSince }));
  }

  override async purgeTombstones(deletedBefore: Date): Promise<number> {
    const { deletedCount } = await this.database.answer(() =>
      this.documents.deleteMany({ deletedAt: { $lt: deletedBefore }, unpublishedSince: { $exists: false } }).exec(),
    );
    return deletedCount;
  }

  override now(): Date {
    return this.database.clock.now();
  }

  override async ping(): Promise<void> {
    await this.database.answer(() => this.documents.exists({ _id: '' }).exec());
  }
}

/** The query of a list. Exported so that a test can check its plan. */
export function toQuery({ status, customerId, after }: OrderFilter): QueryFilter<OrderDocument> {
  return {
    deleted: false,
    ...(status !== undefined && { status }),
    ...(customerId !== undefined && { customerId }),
    // The range on the sort key comes first, so that even a deep page starts at its place in the index.
    ...(after && {
      dateIssued: { $lte: after.dateIssued },
      $or: [{ dateIssued: { $lt: after.dateIssued } }, { _id: { $lt: after.orderId } }],
    }),
  };
}

function toOrder(document: WithoutHistory): Order {
  const { _id, customerId, dateIssued, revision, updatedAt } = document;
  return withContent({ orderId: _id, customerId, dateIssued, revision, updatedAt }, document);
}
