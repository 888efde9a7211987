import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { v5 as uuidv5 } from 'uuid';
import { actorOf, keyOf, mayRead, reachOf, type Action, type Principal } from '@galley/access';
import {
  GalleyError,
  MAX_PAGE_SIZE,
  staffPart,
  type ChangeOrder,
  type CountOrders,
  type HistoryEntry,
  type ListKey,
  type ListOrders,
  type Order,
  type OrderCounts,
  type OrderHistory,
  type OrderPage,
  type PlaceOrder,
  type ReadHistory,
} from '@galley/contracts';
import { AuditLog } from '@galley/runtime';
import { type Caller, type NextTurn } from '../access/caller.js';
import { ORDERS_API_CONFIG, type OrdersApiConfig } from '../orders-api.config.js';
import { type CommittedChange } from '../publication/publication-queue.js';
import { type Publication, Publisher } from '../publication/publisher.js';
import { countsOf } from '../store/lists/order-counts.js';
import { type OrderFilter } from '../store/lists/order-filter.js';
import { toFilter } from './requested-filter.js';
import { decideOn, notFound, type Proposal } from './decision.js';
import { OrderQueues } from './order-queues.js';
import { historyCursors, listCursor } from './page-cursors.js';
import { alters, change, place, remove } from '../store/order-commit.js';
import { newOrderId } from './order-id.js';
import { HISTORY_LIMIT, OrdersRepository, type Idempotency, type StoredOrder } from '../store/orders.repository.js';

/** About so many bytes may a page of a history have that asks for no size. */
const MAX_HISTORY_BYTES = 256 * 1_024;

/** The namespace of order ids that are derived from an `Idempotency-Key`. It is random and must never change. */
const KEY_NAMESPACE = 'f3b1c1c7-5c0e-4f0e-9a3e-6b8f0a3d2c41';

/** What a change or a deletion of an order depends on. */
export interface Conditions extends Pick<Proposal, 'precondition'> {
  /** A repeated request of the same caller with the same key gets the answer of the first one, and changes nothing. */
  key?: string;
}

/** The rules of orders. Each use case loads, decides, commits and publishes. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    @Inject(Publisher) private readonly publisher: Publication,
    private readonly audit: AuditLog,
    @Inject(ORDERS_API_CONFIG) private readonly config: Pick<OrdersApiConfig, 'timeZone'>,
    private readonly queues: OrderQueues,
  ) {}

  /** The same orders, with their changes published in another way. */
  publishingBy(publication: Publication): OrdersService {
    return new OrdersService(this.orders, publication, this.audit, this.config, this.queues);
  }

  /** With a key, a repeated request of the same caller gets the answer of the first one and changes nothing. */
  async place(request: PlaceOrder, caller: Caller, key?: string): Promise<Order> {
    const orderId = request.orderId ?? (key === undefined ? newOrderId() : idOfKey(key, caller.principal));
    const commit = place(request, orderId, this.now(), actorOf(caller.principal));
    const idempotency = key === undefined ? undefined : { key, fingerprint: fingerprintOf(request) };
    if (await this.orders.insert(commit, idempotency)) {
      return this.publish({ ...commit, publishedRevision: 0 }, 'placeOrder', caller);
    }
    return this.firstAnswer(orderId, idempotency);
  }

  async get(orderId: string, principal: Principal): Promise<Order> {
    const { order } = await this.load(orderId);
    if (!mayRead(principal, order)) throw notFound(orderId);
    return order;
  }

  /** Without a `limit` it reads page by page, as many as fit into one answer. Only staff see who made a change, and its note. */
  async history(
    orderId: string,
    { order, limit = HISTORY_LIMIT, cursor }: ReadHistory,
    principal: Principal,
  ): Promise<OrderHistory> {
    let after = cursor === undefined ? undefined : historyCursors[order].decode(cursor)[1];
    await this.get(orderId, principal);
    const isForStaff = reachOf(principal, 'readStaffPart') !== 'none';
    const history: HistoryEntry[] = [];
    let bytes = 0;
    for (;;) {
      const wanted = Math.min(limit - history.length, MAX_PAGE_SIZE);
      const found = await this.orders.history(orderId, { order, after, limit: wanted + 1 });
      if (!found) throw notFound(orderId);
      const page = found.slice(0, wanted).map((entry) => (isForStaff ? entry : withoutStaffPart(entry)));
      history.push(...page);
      after = page.at(-1)?.revision;
      if (after === undefined || found.length <= wanted) return { history };
      bytes += Buffer.byteLength(JSON.stringify(page));
      if (history.length === limit || bytes > MAX_HISTORY_BYTES) {
        return { history, nextCursor: historyCursors[order].encode([order, after]) };
      }
    }
  }

  /** Newest first. A customer sees only their own orders. */
  async list({ limit, cursor, ...asked }: ListOrders, principal: Principal): Promise<OrderPage> {
    const after = cursor === undefined ? undefined : placeOf(cursor);
    const filter = this.filterFor(asked, principal);
    if (!filter) return { orders: [] };
    const { orders, next } = await this.orders.list({ ...filter, after, limit });
    return next ? { orders, nextCursor: cursorAfter(next) } : { orders };
  }

  /** The rest of a list from its cursor on, whatever its limit. */
  async *pages(query: ListOrders, principal: Principal, nextTurn: NextTurn): AsyncGenerator<Order[], void> {
    for (let { cursor } = query; ;) {
      const { orders, nextCursor } = await this.list({ ...query, limit: MAX_PAGE_SIZE, cursor }, principal);
      yield orders;
      if (nextCursor === undefined) return;
      cursor = nextCursor;
      await nextTurn();
    }
  }

  /** Counts orders by their status. A customer's count has only their own orders. */
  async count(asked: CountOrders, principal: Principal): Promise<OrderCounts> {
    const filter = this.filterFor(asked, principal);
    return filter ? this.orders.count(filter) : countsOf(new Map(), true);
  }

  /** @returns undefined if the caller may see none of these orders */
  private filterFor(asked: CountOrders, principal: Principal): OrderFilter | undefined {
    const filter = toFilter(asked, this.config.timeZone);
    if (reachOf(principal, 'listOrders') !== 'own') return filter;
    if ((filter.customerId ?? principal.sub) !== principal.sub) return undefined;
    return { ...filter, customerId: principal.sub };
  }

  change(orderId: string, request: ChangeOrder, caller: Caller, conditions?: Conditions): Promise<Order> {
    const decide = (current: Order) =>
      alters(current, request) ? change(current, request, this.now(), actorOf(caller.principal)) : undefined;
    return this.update({ orderId, decide, action: 'changeOrder', request, caller, ...conditions });
  }

  async remove(orderId: string, caller: Caller, conditions?: Conditions): Promise<void> {
    const decide = (current: Order) => remove(current, this.now(), actorOf(caller.principal));
    await this.update({ orderId, decide, action: 'removeOrder', request: {}, caller, ...conditions });
  }

  private update(update: Update): Promise<Order> {
    return this.queues.inTurn(update.orderId, () => this.updateNow(update));
  }

  /**
   * Decides again whenever another writer has committed first, so that no writer undoes another's change. The commit itself
   * refuses a key that was used, so the history is searched for the key only if there is no commit.
   */
  private async updateNow(update: Update): Promise<Order> {
    const { orderId, action, request, caller, key } = update;
    const idempotency = key === undefined ? undefined : keyedBy(key, caller.principal, { ...request, action });
    for (;;) {
      const decision = decideOn(await this.orders.find(orderId), update);
      if (decision.is === 'commit' && (await this.orders.update(decision.committed, idempotency))) {
        return this.publish(decision.committed, action, caller);
      }
      // It is looked for after the order, so that a repetition that is committed in between is found.
      const first = idempotency && (await this.firstChange(orderId, idempotency));
      if (first) return first;
      if (decision.is === 'refusal') throw decision.refusal;
      if (decision.is === 'same') return decision.order;
    }
  }

  private now(): string {
    return this.orders.now().toISOString();
  }

  private async load(orderId: string): Promise<StoredOrder> {
    const stored = await this.orders.find(orderId);
    if (!stored) throw notFound(orderId);
    return stored;
  }

  private async firstAnswer(orderId: string, idempotency?: Idempotency): Promise<Order> {
    const placed = idempotency && (await this.orders.findPlaced(orderId));
    if (placed === undefined || placed.idempotency.key !== idempotency?.key) {
      throw new GalleyError('order_exists', `The id ${orderId} is taken: an id stays taken if its order is deleted`);
    }
    if (placed.idempotency.fingerprint !== idempotency.fingerprint) throw new GalleyError('idempotency_key_reused');
    return placed.order;
  }

  private async firstChange(orderId: string, { key, fingerprint }: Idempotency): Promise<Order | undefined> {
    const change = await this.orders.findChange(orderId, key);
    if (change && change.idempotency.fingerprint !== fingerprint) throw new GalleyError('idempotency_key_reused');
    return change?.order;
  }

  private publish(committed: CommittedChange, action: Action, { principal, requestId }: Caller): Order {
    const { order } = committed;
    const { orderId, revision } = order;
    this.publisher.publish(orderId, committed);
    const { role, sub } = principal;
    this.audit.record({ action, role, sub, requestId, orderId, from: revision - 1, to: revision });
    return order;
  }
}

interface Update extends Proposal {
  key?: string;
  action: Action;
  request: object;
  caller: Caller;
}

function placeOf(cursor: string): ListKey {
  const [dateIssued, orderId] = listCursor.decode(cursor);
  return { dateIssued, orderId };
}

const cursorAfter = ({ dateIssued, orderId }: ListKey) => listCursor.encode([dateIssued, orderId]);

/** Includes the caller, so that callers who use the same key get different ids. */
const idOfKey = (key: string, principal: Principal) => uuidv5(`${keyOf(principal)} ${key}`, KEY_NAMESPACE);

const keyedBy = (key: string, principal: Principal, request: object): Idempotency => ({
  key: idOfKey(key, principal),
  fingerprint: fingerprintOf(request),
});

const withoutStaffPart = (entry: HistoryEntry) =>
  Object.fromEntries(Object.entries(entry).filter(([field]) => !(field in staffPart.shape))) as HistoryEntry;

/** Sorts the fields, so that equal requests have equal fingerprints. */
const fingerprintOf = (request: object) =>
  createHash('sha256')
    .update(JSON.stringify(request, Object.keys(request).sort()))
    .digest('base64url');
