import { type Model, type ProjectionType, type QueryFilter } from 'mongoose';
import { type HistoryEntry, type OrderCounts } from '@galley/contracts';
import { type OrderFilter } from '../lists/order-filter.js';
import { type OrderCommit } from '../order-commit.js';
import {
  OrdersRepository,
  type HistoryPage,
  type Idempotency,
  type KeyedChange,
  type ListedPage,
  type ListQuery,
  type OrderBacklog,
  type OrderInDelivery,
  type PlacedOrder,
  type PublishedMark,
  type StoredOrder,
  type UnpublishedOrder,
} from '../orders.repository.js';
import { DamagedDocuments } from './damaged-documents.js';
import { type Database } from './database.js';
import { toDocument, toUpdate, type OrderDocument } from './order.document.js';
import { MongoOrderLists } from './mongo-order-lists.js';
import { isDuplicateKey } from './mongo-error.js';
import { entriesOf, sliceOf, unpublishedSlice } from './history-slices.js';
import { toChangeableOrder, toKeyedChange, toPlacedOrder, toUnpublishedOrder } from './stored-order.js';
import { comesAfter, inDelivery, IS_UNPUBLISHED, type WaitingSince } from './waiting-query.js';
import { WithheldOrders } from './withheld-orders.js';

const WITH_FIRST_ENTRY: ProjectionType<OrderDocument> = { history: { $slice: 1 }, derived: 0 };

/**
 * Keeps orders in MongoDB: standalone, replica set or sharded. Every commit is one operation on one document, so it
 * needs no transaction. A majority acknowledges each write.
 */
export class MongoOrdersRepository extends OrdersRepository {
  private readonly damaged = new DamagedDocuments();
  private readonly withheld = new WithheldOrders();
  private readonly lists: MongoOrderLists;

  /** @param timeZone where an `estimatedDate` without a time ends */
  constructor(
    private readonly documents: Model<OrderDocument>,
    private readonly database: Database,
    private readonly timeZone = 'UTC',
  ) {
    super();
    this.lists = new MongoOrderLists(documents, database, this.damaged, timeZone);
  }

  override async insert(commit: OrderCommit, idempotency?: Idempotency): Promise<boolean> {
    try {
      await this.database.answer(() => this.documents.insertOne(toDocument(commit, this.timeZone, idempotency)));
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  override async update(commit: OrderCommit, idempotency?: Idempotency): Promise<boolean> {
    const { orderId, revision } = commit.order;
    const { matchedCount } = await this.database.answer(() =>
      this.documents.updateOne(
        { _id: orderId, revision: revision - 1, deleted: false, ...(idempotency && hasNoChangeWith(idempotency)) },
        toUpdate(commit, this.timeZone, idempotency),
      ),
    );
    return matchedCount === 1;
  }

  override async find(orderId: string): Promise<StoredOrder | undefined> {
    const document = await this.findOne({ _id: orderId, deleted: false }, WITH_FIRST_ENTRY);
    return document ? this.damaged.read(orderId, () => toChangeableOrder(document)) : undefined;
  }

  private findOne(filter: QueryFilter<OrderDocument>, fields: ProjectionType<OrderDocument>) {
    return this.database.answer(() => this.documents.findOne(filter, fields).lean<OrderDocument>().exec());
  }

  override async findPlaced(orderId: string): Promise<PlacedOrder | undefined> {
    const document = await this.findOne({ _id: orderId }, WITH_FIRST_ENTRY);
    return document?.idempotency ? this.damaged.read(orderId, () => toPlacedOrder(document)) : undefined;
  }

  override async findChange(orderId: string, key: string): Promise<KeyedChange | undefined> {
    const made = { 'idempotency.key': key };
    const document = await this.findOne(
      { _id: orderId, history: { $elemMatch: made } },
      { customerId: 1, dateIssued: 1, history: { $elemMatch: made } },
    );
    return document ? this.damaged.read(orderId, () => toKeyedChange(document)) : undefined;
  }

  override list(query: ListQuery): Promise<ListedPage> {
    return this.lists.list(query);
  }

  override count(filter: OrderFilter): Promise<OrderCounts> {
    return this.lists.count(filter);
  }

  override async history(orderId: string, page: HistoryPage): Promise<HistoryEntry[] | undefined> {
    const [document] = await this.database.answer(() =>
      this.documents
        .aggregate<Pick<OrderDocument, 'history'>>([
          { $match: { _id: orderId, deleted: false } },
          { $project: { history: sliceOf(page) } },
        ])
        .exec(),
    );
    return document && this.damaged.read(orderId, () => entriesOf(page, document.history));
  }

  override async unpublished(orderIds: readonly string[], perOrder: number): Promise<UnpublishedOrder[]> {
    const documents = await this.database.answer(() =>
      this.documents
        .aggregate<OrderDocument>([
          { $match: { _id: { $in: orderIds }, $expr: IS_UNPUBLISHED } },
          {
            $project: {
              ...{ customerId: 1, dateIssued: 1, revision: 1, publishedRevision: 1 },
              history: unpublishedSlice(perOrder),
            },
          },
        ])
        // A change that a failover can still undo must not be published.
        .readConcern('majority')
        .exec(),
    );
    return documents.flatMap((document) => {
      const unpublished = this.damaged.read(document._id, () => toUnpublishedOrder(document));
      if (unpublished) this.withheld.release(document._id);
      else this.withheld.add(document._id);
      return unpublished ?? [];
    });
  }

  override async markPublished(marks: readonly PublishedMark[]): Promise<void> {
    if (marks.length === 0) return;
    // A database that keeps the locks of a bulk until its end, as DocumentDB does, must be told of the orders in one order
    // by all replicas. Otherwise two bulks wait for each other, and it fails one of them, or a change of such an order.
    const inOrder = [...marks].sort((a, b) => (a.orderId < b.orderId ? -1 : 1));
    await this.database.answer(() =>
      this.documents.bulkWrite(
        inOrder.flatMap(({ orderId, revision, timestamp }) => [
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
          { $match: { ...this.waiting(), revision: { $type: 'number' }, publishedRevision: { $type: 'number' } } },
          { $sort: { unpublishedSince: 1, _id: 1 } },
          { $limit: limit },
          { $project: { changes: { $subtract: ['$revision', '$publishedRevision'] } } },
          { $group: { _id: null, changes: { $sum: '$changes' } } },
        ])
        .exec(),
    );
    return total?.changes ?? 0;
  }

  override findUnpublished(limit: number, after?: OrderBacklog): Promise<OrderBacklog[]> {
    return this.findWaiting('unpublishedSince', this.waiting(), limit, after);
  }

  override findInDelivery(cameBefore: Date, limit: number, after?: OrderInDelivery): Promise<OrderInDelivery[]> {
    return this.findWaiting('inDeliverySince', inDelivery(cameBefore), limit, after);
  }

  private async findWaiting(
    field: WaitingSince,
    filter: QueryFilter<OrderDocument>,
    limit: number,
    after?: OrderInDelivery,
  ): Promise<OrderInDelivery[]> {
    const documents = await this.database.answer(() =>
      this.documents
        .find({ ...filter, ...(after && comesAfter(after, field)) }, { [field]: 1 })
        .sort({ [field]: 1, _id: 1 })
        .limit(limit)
        .lean<({ _id: string } & Record<WaitingSince, Date>)[]>()
        .exec(),
    );
    return documents.map((document) => ({ orderId: document._id, since: document[field] }));
  }

  /** Orders with unpublished changes, other than those whose changes cannot be read. */
  private waiting(): QueryFilter<OrderDocument> {
    return {
      unpublishedSince: { $exists: true, $type: 'date' },
      _id: { $type: 'string', $nin: this.withheld.ids },
      $expr: IS_UNPUBLISHED,
    };
  }

  override async purgeTombstones(deletedBefore: Date): Promise<number> {
    const { modifiedCount } = await this.database.answer(() =>
      this.documents
        .updateMany(
          { deletedAt: { $lt: deletedBefore }, unpublishedSince: { $exists: false } },
          [{ $replaceWith: { _id: '$_id', deleted: true } }],
          { updatePipeline: true },
        )
        .exec(),
    );
    return modifiedCount;
  }

  override get damagedDocuments(): number {
    return this.damaged.count;
  }

  override now(): Date {
    return this.database.clock.now();
  }

  override async ping(): Promise<void> {
    await this.database.answer(() => this.documents.exists({ _id: '' }).exec());
  }
}

const hasNoChangeWith = ({ key }: Idempotency) => ({ 'history.idempotency.key': { $ne: key } });
