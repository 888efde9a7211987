import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v5 as uuidv5 } from 'uuid';
import {
  GalleyError,
  type ChangeOrder,
  type HistoryEntry,
  type ListOrders,
  type Order,
  type OrderPage,
  type PlaceOrder,
} from '#contracts';
import { Publisher } from '../publication/publisher.js';
import { decodeCursor, encodeCursor } from './list-cursor.js';
import { change, place, remove, type OrderCommit } from './order-commit.js';
import { newOrderId } from './order-id.js';
import { HISTORY_LIMIT, OrdersRepository, type Idempotency, type StoredOrder } from './orders.repository.js';

/** Changes that one order may hold back while Redis is away. Below the history limit, which would cut off the oldest. */
const MAX_UNPUBLISHED = HISTORY_LIMIT - 100;

/** The namespace of order ids that are derived from an `Idempotency-Key`; random, and never to be changed. */
const KEY_NAMESPACE = 'f3b1c1c7-5c0e-4f0e-9a3e-6b8f0a3d2c41';

/** Whether a change may be made of an order at this revision. */
export type Precondition = (revision: number) => boolean;

/** The order rules: load, decide, commit, and have it published. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly publisher: Publisher,
  ) {}

  /** With a key, a repetition of the same request gets the first one's answer and changes nothing. */
  async place(request: PlaceOrder, key?: string): Promise<Order> {
    const orderId = request.orderId ?? (key === undefined ? newOrderId() : uuidv5(key, KEY_NAMESPACE));
    const commit = place(request, orderId, now());
    const idempotency = key === undefined ? undefined : { key, fingerprint: fingerprintOf(request) };
    if (await this.orders.insert(commit, idempotency)) return this.publish(commit);
    return this.firstAnswer(orderId, idempotency);
  }

  async get(orderId: string): Promise<Order> {
    return (await this.load(orderId)).order;
  }

  async history(orderId: string): Promise<HistoryEntry[]> {
    const history = await this.orders.history(orderId);
    if (!history) throw notFound(orderId);
    return history;
  }

  async list({ limit, cursor, ...filter }: ListOrders): Promise<OrderPage> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor);
    const found = await this.orders.list({ ...filter, after, limit: limit + 1 });
    const orders = found.slice(0, limit);
    const last = orders.at(-1);
    return found.length > limit && last ? { orders, nextCursor: encodeCursor(last) } : { orders };
  }

  change(orderId: string, request: ChangeOrder, precondition?: Precondition): Promise<Order> {
    return this.update(orderId, (current) => change(current, request, now()), precondition);
  }

  async remove(orderId: string, precondition?: Precondition): Promise<void> {
    await this.update(orderId, (current) => remove(current, now()), precondition);
  }

  /** Decides anew for as long as somebody else commits first, so that no writer undoes another's change. */
  private async update(
    orderId: string,
    decide: (current: Order) => OrderCommit,
    precondition: Precondition = () => true,
  ): Promise<Order> {
    for (;;) {
      const { order, publishedRevision } = await this.load(orderId);
      if (!precondition(order.revision)) {
        throw new GalleyError('precondition_failed', `Order ${orderId} is at revision ${order.revision}`);
      }
      if (order.revision - publishedRevision >= MAX_UNPUBLISHED) {
        throw new GalleyError('unavailable', `Too many changes of order ${orderId} wait to be published`, {
          retryAfterSeconds: 1,
        });
      }
      const commit = decide(order);
      if (await this.orders.update(commit)) return this.publish(commit);
    }
  }

  private async load(orderId: string): Promise<StoredOrder> {
    const stored = await this.orders.find(orderId);
    if (!stored) throw notFound(orderId);
    return stored;
  }

  private async firstAnswer(orderId: string, idempotency?: Idempotency): Promise<Order> {
    const placed = idempotency && (await this.orders.findPlaced(orderId));
    if (!placed || placed.idempotency?.key !== idempotency.key) {
      throw new GalleyError('order_exists', `The order id ${orderId} is taken`);
    }
    if (placed.idempotency.fingerprint !== idempotency.fingerprint) throw new GalleyError('idempotency_key_reused');
    return placed.order;
  }

  private publish({ order }: OrderCommit): Order {
    this.publisher.publish(order.orderId);
    return order;
  }
}

const now = () => new Date().toISOString();

const notFound = (orderId: string) => new GalleyError('order_not_found', `There is no order ${orderId}`);

/** Of the fields in one order, so that equal requests have equal fingerprints. */
const fingerprintOf = (request: PlaceOrder) =>
  createHash('sha256')
    .update(JSON.stringify(request, Object.keys(request).sort()))
    .digest('base64url');
