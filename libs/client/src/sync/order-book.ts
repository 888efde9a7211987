import { type Order, type OrderUpdateEvent } from '@galley/contracts';
import { type OrderChange, type ResyncDifference } from './order-change.js';
import { SortedOrders } from './sorted-orders.js';

/** Enough for every deletion that a snapshot or a replay could still contradict. */
const MAX_TOMBSTONES = 10_000;

interface Tombstone {
  /** The revision of the deletion; where only the absence is known, the last revision that was known. */
  revision: number;
  /** Absent where the order was not known. */
  dateIssued?: string;
}

/**
 * What became of a change: `applied`; `known`, since the book had it or a later one; `buried`, since it is the deletion
 * of an order that was not known; or `gap`, since changes before it are missing, so that it was not applied.
 */
export type Outcome = 'applied' | 'known' | 'buried' | 'gap';

/**
 * The orders as far as they are known, each at the highest revision that was told. A deleted order does not come back:
 * neither by an older event nor by a snapshot page that was read before the deletion.
 *
 * The id of a deleted order may be given again after days, and counts its revisions from 1 again. `dateIssued` never
 * changes, hence another `dateIssued` means another order.
 */
export class OrderBook {
  private readonly orders = new Map<string, Order>();
  private readonly sorted = new SortedOrders();
  private readonly tombstones = new Map<string, Tombstone>();
  private readonly incomplete = new Set<string>();

  get(orderId: string): Order | undefined {
    return this.orders.get(orderId);
  }

  /** Newest first; the same array until something changes. */
  list(): readonly Order[] {
    return this.sorted.view();
  }

  /** Whether the order was known, or its deletion told, and it is gone. */
  isDeleted(orderId: string): boolean {
    return this.tombstones.has(orderId);
  }

  /** Whether an update without the whole order was applied to one: its title and quantity may be older than the rest. */
  get hasIncomplete(): boolean {
    return this.incomplete.size > 0;
  }

  apply(change: OrderChange): Outcome {
    const { type, event } = change;
    if (type === 'deleted') return this.delete(event.orderId, event.revision);
    if ('order' in event) return this.applyWhole(event.order);
    return this.applyUpdate(event);
  }

  /** Whether this is no update of an order that is not known. */
  canFollow({ type, event }: OrderChange): boolean {
    return type !== 'updated' || this.orders.has(event.orderId);
  }

  /** Remembers that an order is gone as of this change, without it having been known. */
  bury({ event }: OrderChange): void {
    const known = this.tombstones.get(event.orderId);
    if (!this.orders.has(event.orderId) && event.revision > (known?.revision ?? 0)) {
      this.remember(event.orderId, { ...known, revision: event.revision });
    }
  }

  /**
   * Takes a complete snapshot, read after everything that was applied so far: what is not in it was deleted.
   * The higher revision wins; an order that did not change stays the same object.
   */
  replace(snapshot: readonly Order[]): ResyncDifference {
    const [added, changed, removed]: [Order[], Order[], Order[]] = [[], [], []];
    const before = new Map(this.orders);
    this.orders.clear();
    for (const order of snapshot) {
      const tombstone = this.tombstones.get(order.orderId);
      // A tombstone of a mere absence does not outlive a later snapshot that has the order after all.
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
   * Completes an order with what was fetched for it.
   * @returns false where that is of another revision than the book's
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
    // An order that is gone has no successors, and one that is not known starts with its creation.
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
      return tombstone ? 'known' : 'buried';
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
