import { type HistoryEntry, type ListKey, type Order, type OrderCounts } from '@galley/contracts';
import { isInDelivery } from './in-delivery.js';
import { MAX_COUNTED, MAX_EXAMINED } from './lists/list-index.js';
import { ListIndexesInMemory } from './lists/list-indexes-in-memory.js';
import { type ListedOrder } from './lists/listed-orders.js';
import { countsOf } from './lists/order-counts.js';
import { factsOf, type OrderFilter } from './lists/order-filter.js';
import { type OrderCommit } from './order-commit.js';
import {
  HISTORY_LIMIT,
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
} from './orders.repository.js';
import { WaitingOrders } from './waiting-orders.js';

interface Stored extends ListedOrder {
  history: HistoryEntry[];
  publishedRevision: number;
  /** Only if it was placed with an `Idempotency-Key`. */
  placed?: PlacedOrder;
  /** The changes with an `Idempotency-Key`, by their keys, as long as the history has them. */
  keyed?: Map<string, KeyedChange>;
}

/** Keeps orders in the memory of this process, for a laptop and for tests. They are lost when it stops. */
export class InMemoryOrdersRepository extends OrdersRepository {
  override readonly damagedDocuments = 0;
  private readonly orders = new Map<string, Stored>();
  private readonly lists = new ListIndexesInMemory();
  /** The ids of the orders whose tombstones have lost their content. */
  private readonly endedIds = new Set<string>();
  /** Each since the oldest of its unpublished changes. */
  private readonly withUnpublished = new WaitingOrders();
  /** Open orders, each since it came to `Delivery`. */
  private readonly inDelivery = new WaitingOrders();
  /** Published tombstones with their content, each since the order was deleted. */
  private readonly tombstones = new WaitingOrders();

  /** @param timeZone where an `estimatedDate` without a time ends */
  constructor(private readonly timeZone = 'UTC') {
    super();
  }

  override insert(commit: OrderCommit, idempotency?: Idempotency): Promise<boolean> {
    const { order, entry } = commit;
    if (this.orders.has(order.orderId) || this.endedIds.has(order.orderId)) return Promise.resolve(false);
    const stored: Stored = {
      order,
      facts: factsOf(order, this.timeZone),
      history: [entry],
      publishedRevision: 0,
      placed: idempotency && { order, idempotency },
    };
    this.orders.set(order.orderId, stored);
    this.lists.move(stored, undefined, true);
    this.withUnpublished.put(order.orderId, new Date(entry.timestamp));
    this.trackDelivery(commit);
    return Promise.resolve(true);
  }

  override update(commit: OrderCommit, idempotency?: Idempotency): Promise<boolean> {
    const { order, entry } = commit;
    const stored = this.living(order.orderId);
    if (stored?.order.revision !== order.revision - 1) return Promise.resolve(false);
    if (idempotency && stored.keyed?.has(idempotency.key)) return Promise.resolve(false);
    const before = { order: stored.order, facts: stored.facts };
    stored.order = order;
    stored.facts = factsOf(order, this.timeZone);
    stored.history.push(entry);
    if (stored.history.length > HISTORY_LIMIT) stored.history.shift();
    if (idempotency) (stored.keyed ??= new Map()).set(idempotency.key, { order, idempotency });
    const [oldest] = stored.keyed?.values() ?? [];
    if (oldest && oldest.order.revision <= order.revision - HISTORY_LIMIT) stored.keyed?.delete(oldest.idempotency.key);
    this.lists.move(stored, before, entry.type !== 'deleted');
    if (!this.withUnpublished.sinceOf(order.orderId)) {
      this.withUnpublished.put(order.orderId, new Date(entry.timestamp));
    }
    this.trackDelivery(commit);
    return Promise.resolve(true);
  }

  private trackDelivery({ order, entry: { type, timestamp } }: OrderCommit): void {
    const { orderId } = order;
    if (type === 'deleted' || !isInDelivery(order)) this.inDelivery.delete(orderId);
    else if (!this.inDelivery.sinceOf(orderId)) this.inDelivery.put(orderId, new Date(timestamp));
  }

  override find(orderId: string): Promise<StoredOrder | undefined> {
    const stored = this.living(orderId);
    // A copy, because what was read must not change with the next commit.
    return Promise.resolve(stored && { order: stored.order, publishedRevision: stored.publishedRevision });
  }

  override findPlaced(orderId: string): Promise<PlacedOrder | undefined> {
    return Promise.resolve(this.orders.get(orderId)?.placed);
  }

  override findChange(orderId: string, key: string): Promise<KeyedChange | undefined> {
    return Promise.resolve(this.orders.get(orderId)?.keyed?.get(key));
  }

  override list({ after, limit, ...filter }: ListQuery): Promise<ListedPage> {
    const { orders, matches } = this.lists.read(filter);
    const page: Order[] = [];
    let examined = 0;
    let last: ListKey | undefined;
    for (const { order, facts } of orders.descending(after && { order: after })) {
      if (page.length === limit || examined === MAX_EXAMINED) return Promise.resolve({ orders: page, next: last });
      last = order;
      examined++;
      if (matches(order, facts)) page.push(order);
    }
    return Promise.resolve({ orders: page });
  }

  override count(filter: OrderFilter): Promise<OrderCounts> {
    const { orders, matches } = this.lists.read(filter);
    const counts = new Map<string, number>();
    let examined = 0;
    for (const { order, facts } of orders.descending()) {
      if (examined++ === MAX_COUNTED) return Promise.resolve(countsOf(counts, false));
      if (matches(order, facts)) counts.set(order.status, (counts.get(order.status) ?? 0) + 1);
    }
    return Promise.resolve(countsOf(counts, true));
  }

  override history(orderId: string, { order, after, limit }: HistoryPage): Promise<HistoryEntry[] | undefined> {
    const history = this.living(orderId)?.history;
    if (order === 'oldest') {
      return Promise.resolve(history?.filter(({ revision }) => revision > (after ?? 0)).slice(0, limit));
    }
    const earlier = history?.filter(({ revision }) => after === undefined || revision < after);
    return Promise.resolve(earlier?.reverse().slice(0, limit));
  }

  override unpublished(orderIds: readonly string[], perOrder: number): Promise<UnpublishedOrder[]> {
    const found = orderIds.flatMap((id) => this.orders.get(id) ?? []);
    return Promise.resolve(
      found
        .filter(({ order, publishedRevision }) => order.revision > publishedRevision)
        .map(({ order, history, publishedRevision }) => {
          const count = order.revision - publishedRevision;
          const entries = history.slice(-count).slice(0, perOrder);
          return { order, entries, left: count - entries.length };
        }),
    );
  }

  override markPublished(marks: readonly PublishedMark[]): Promise<void> {
    for (const { orderId, revision, timestamp } of marks) {
      const stored = this.orders.get(orderId);
      if (!stored) continue;
      stored.publishedRevision = Math.max(stored.publishedRevision, revision);
      const since = this.withUnpublished.sinceOf(orderId);
      if (stored.publishedRevision < stored.order.revision) {
        if (since && since < new Date(timestamp)) this.withUnpublished.put(orderId, new Date(timestamp));
      } else {
        this.withUnpublished.delete(orderId);
        if (isTombstone(stored)) this.tombstones.put(orderId, new Date(stored.order.updatedAt));
      }
    }
    return Promise.resolve();
  }

  override countUnpublished(limit: number): Promise<number> {
    const changes = this.withUnpublished.first(limit).map(({ orderId }) => {
      const stored = this.orders.get(orderId);
      return stored ? stored.order.revision - stored.publishedRevision : 0;
    });
    return Promise.resolve(changes.reduce((sum, count) => sum + count, 0));
  }

  override findUnpublished(limit: number, after?: OrderBacklog): Promise<OrderBacklog[]> {
    return Promise.resolve(this.withUnpublished.first(limit, after));
  }

  override findInDelivery(cameBefore: Date, limit: number, after?: OrderInDelivery): Promise<OrderInDelivery[]> {
    return Promise.resolve(this.inDelivery.first(limit, after, (since) => since <= cameBefore));
  }

  override purgeTombstones(deletedBefore: Date): Promise<number> {
    const old = this.tombstones.first(Infinity, undefined, (since) => since < deletedBefore);
    for (const { orderId } of old) {
      this.orders.delete(orderId);
      this.tombstones.delete(orderId);
      this.endedIds.add(orderId);
    }
    return Promise.resolve(old.length);
  }

  override now(): Date {
    return new Date();
  }

  override ping(): Promise<void> {
    return Promise.resolve();
  }

  private living(orderId: string): Stored | undefined {
    const stored = this.orders.get(orderId);
    return stored && !isTombstone(stored) ? stored : undefined;
  }
}

const isTombstone = ({ history }: Stored) => history.at(-1)?.type === 'deleted';
