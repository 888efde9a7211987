import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
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
import { OrdersRepository } from './orders.repository.js';

const notFound = (orderId: string) => new GalleyError('order_not_found', `There is no order ${orderId}`);

/** The order rules: load, decide, commit, and have it published. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly publisher: Publisher,
  ) {}

  async place(request: PlaceOrder): Promise<Order> {
    const commit = place(request, request.orderId ?? uuidv7(), now());
    if (!(await this.orders.insert(commit))) {
      throw new GalleyError('order_exists', `The order id ${commit.order.orderId} is taken`);
    }
    return this.publish(commit);
  }

  async get(orderId: string): Promise<Order> {
    const order = await this.orders.find(orderId);
    if (!order) throw notFound(orderId);
    return order;
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

  change(orderId: string, request: ChangeOrder): Promise<Order> {
    return this.update(orderId, (current) => change(current, request, now()));
  }

  async remove(orderId: string): Promise<void> {
    await this.update(orderId, (current) => remove(current, now()));
  }

  /** Decides anew for as long as somebody else commits first, so that no writer undoes another's change. */
  private async update(orderId: string, decide: (current: Order) => OrderCommit): Promise<Order> {
    for (;;) {
      const commit = decide(await this.get(orderId));
      if (await this.orders.update(commit)) return this.publish(commit);
    }
  }

  private publish({ order }: OrderCommit): Order {
    this.publisher.publish(order.orderId);
    return order;
  }
}

const now = () => new Date().toISOString();
