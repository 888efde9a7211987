import { type Order, type OrderUpdateEvent } from '@galley/contracts';
import { type OrderChange, type ResyncDifference } from './order-change.js';
import { SortedOrders } from './sorted-orders.js';

/** Enough to remember every deletion that a snapshot or a replay could still contradict. */
const MAX_TOMBSTONES = 10_000;

interface Tombstone {
  /** The revision of the deletion. If only the absence is known, the last known revision. */
  revision: number;
  /** Absent if the order was not known. */
  dateIssued?: string;
}

/**
 * The outcome of applying a change:
 * - `applied`.
 * - `known`: the book already had it or a later one.
 * - `unknown-deletion`: the deletion of an order that was not known. The book remembers it.
 * - `gap`: changes before it are missing, so it was not applied.
 */
export type Outcome = 'applied' | 'known' | 'unknown-deletion' | 'gap';

/**
 * The known orders, each at the highest received revision. A deleted order does not come back, neither with an older
 * event nor with a snapshot page that was read before the deletion.
 *
 * The id of a deleted order may be used again after days. Then its revisions count from 1 again. `dateIssued` never
 * changes, so another `dateIssued` means another order.
 */
export class OrderBook {
  private readonly orders = new Map<string, Order>();
  private readonly sorted = new SortedOrders();
  private readonly tombstones = new Map<string, Tombstone>();
  private readonly incomplete = new Set<string>();

  get(orderId: string): Order | undefined {
    return this.orders.get(orderId);
  }

  /** Newest first. The same array until something changes. */
  list(): readonly Order[] {
    return this.sorted.view();
  }

  /** Whether the order was deleted, as far as the book knows. */
  isDeleted(orderId: string): boolean {
    return this.tombstones.has(orderId);
  }

  /** Whether an order got an update without the whole order. Its title and quantity may be older than the rest. */
  get hasIncomplete(): boolean {
    return this.incomplete.size > 0;
  }

  apply(change: OrderChange): Outcome {
    const { type, event } = change;
    if (type === 'deleted') return this.delete(event.orderId, event.revision);
    if ('order' in event) return this.applyWhole(event.order);
    return this.applyUpdate(event);
  }

  /** False for an update of an order that is not known. */
  canFollow({ type, event }: OrderChange): boolean {
    return type !== 'updated' || this.orders.has(event.orderId);
  }

  /** Remembers the deletion of an order that is not in the book. */
  rememberDeletion({ event }: OrderChange): void {
    const known = this.tombstones.get(event.orderId);
    if (!this.orders.has(event.orderId) && event.revision > (known?.revision ?? 0)) {
      this.remember(event.orderId, { ...known, revision: event.revision });
    }
  }

  /**
   * Replaces the orders by a complete snapshot that was read after everything applied so far. An order that is not in it
   * was deleted. The higher revision wins, and an order that did not change stays the same object.
   */
  replace(snapshot: readonly Order[]): ResyncDifference {
    const [added, changed, removed]: [Order[], Order[], Order[]] = [[], [], []];
    const before = new Map(this.orders);
    this.orders.clear();
    for (const order of snapshot) {
      const tombstone = this.tombstones.get(order.orderId);
      // If a tombstone is only based on an absence, a later snapshot that has the order removes it.
      if (tombstone && isSameOrder(tombstone, order) && order.revision < tombstone.revision) continue;
      const known = before.get(order.orderId);
      before.delete(order.orderId);
      const current = known && !supersedes(order, known) ? known : order;
      this.tombstones.delete(order.orderId);
      this.orders.set(order.orderId, current);
      if (!known) added.push(current);
      else if (current !== known) changed.push(current);
      if (current === order) this.incomplete.delete(order.orderId);
    }
    for (const order of before.values()) {
      this.remember(order.orderId, order);
      this.incomplete.delete(order.orderId);
      removed.push(order);
    }
    this.sorted.reset(this.orders.values());
    return { added, changed, removed };
  }

  /**
   * Completes an order with the fetched one.
   * @returns false if the fetched one has another revision than the book
   */
  complete(order: Order): boolean {
    if (this.orders.get(order.orderId)?.revision !== order.revision) return false;
    this.put(order);
    return true;
  }

  private applyWhole(order: Order): Outcome {
    const known = this.orders.get(order.orderId) ?? this.tombstones.get(order.orderId);
    const last = known && isSameOrder(known, order) ? known.revision : 0;
    if (order.revision <= last) return 'known';
    // A deleted order has no further revisions, and an unknown one must start with its creation.
    if (order.revision !== 1 && !(this.orders.has(order.orderId) && order.revision === last + 1)) return 'gap';
    this.put(order);
    return 'applied';
  }

  private applyUpdate({ orderId, revision, status, estimatedDate, timestamp }: OrderUpdateEvent): Outcome {
    const known = this.orders.get(orderId);
    const last = known?.revision ?? this.tombstones.get(orderId)?.revision ?? 0;
    if (revision <= last) return 'known';
    if (!known || revision !== last + 1) return 'gap';
    const updated: Order = { ...known, status, estimatedDate, revision, updatedAt: timestamp };
    if (estimatedDate === undefined) delete updated.estimatedDate;
    this.put(updated);
    this.incomplete.add(orderId);
    return 'applied';
  }

  private delete(orderId: string, revision: number): Outcome {
    const known = this.orders.get(orderId);
    const last = known?.revision ?? this.tombstones.get(orderId)?.revision ?? 0;
    if (revision <= last) return 'known';
    if (!known) {
      const tombstone = this.tombstones.get(orderId);
      this.remember(orderId, { ...tombstone, revision });
      return tombstone ? 'known' : 'unknown-deletion';
    }
    if (revision !== last + 1) return 'gap';
    this.orders.delete(orderId);
    this.incomplete.delete(orderId);
    this.sorted.delete(known);
    this.remember(orderId, { revision, dateIssued: known.dateIssued });
    return 'applied';
  }

  private put(order: Order): void {
    const known = this.orders.get(order.orderId);
    if (known && !isSameOrder(known, order)) this.sorted.delete(known);
    this.tombstones.delete(order.orderId);
    this.incomplete.delete(order.orderId);
    this.orders.set(order.orderId, order);
    this.sorted.put(order);
  }

  private remember(orderId: string, { revision, dateIssued }: Tombstone): void {
    this.tombstones.delete(orderId);
    this.tombstones.set(orderId, { revision, dateIssued });
    const [oldest] = this.tombstones.keys();
    if (this.tombstones.size > MAX_TOMBSTONES && oldest !== undefined) this.tombstones.delete(oldest);
  }
}

const isSameOrder = (known: { dateIssued?: string }, order: Order): boolean =>
  known.dateIssued === undefined || known.dateIssued === order.dateIssued;

function supersedes(order: Order, known: Order): boolean {
  if (!isSameOrder(known, order) || order.revision > known.revision) return true;
  const differs = () => (Object.keys(order) as (keyof Order)[]).some((field) => order[field] !== known[field]);
  return order.revision === known.revision && differs();
}
