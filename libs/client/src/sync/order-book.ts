import { type Order, type OrderUpdateEvent } from '@galley/contracts';
import { AbsentOrders, isSameOrder, type AbsentOrder } from './absent-orders.js';
import { type OrderChange, type Outcome, type ResyncDifference } from './order-change.js';
import { type ShownOrders } from './shown-orders.js';
import { SortedOrders } from './sorted-orders.js';

/**
 * The known orders, each at the highest received revision. A deleted order does not come back, neither with an older
 * event nor with a snapshot page that was read before the deletion.
 *
 * With a filter, the book has only the orders that match it. An order leaves with the change after which it does not match,
 * and comes with the change after which it does.
 *
 * The id of a deleted order may be used again after days. Then its revisions count from 1 again. `dateIssued` never
 * changes, so another `dateIssued` means another order.
 */
export class OrderBook implements ShownOrders {
  readonly #matches?: (order: Order) => boolean;
  readonly #orders = new Map<string, Order>();
  readonly #sorted = new SortedOrders();
  readonly #absent = new AbsentOrders();
  /** Orders that got an update without the whole order, and the revision of their other fields. */
  readonly #incomplete = new Map<string, number>();

  /** @param matches the filter; snapshots have only orders that match. If absent, all orders do. */
  constructor(matches?: (order: Order) => boolean) {
    this.#matches = matches;
  }

  get(orderId: string): Order | undefined {
    return this.#orders.get(orderId);
  }

  /** Newest first. The same array until something changes. */
  list(): readonly Order[] {
    return this.#sorted.view();
  }

  /** Whether the order was deleted, as far as the book knows. */
  isDeleted(orderId: string): boolean {
    return this.#absent.get(orderId)?.why === 'deleted';
  }

  /** Whether the book has this revision of the order or a later one, or knows that the order is gone. */
  hasReached(orderId: string, revision: number): boolean {
    const order = this.#orders.get(orderId);
    if (order) return order.revision >= revision;
    const absent = this.#absent.get(orderId);
    return absent !== undefined && (absent.why !== 'filtered' || absent.revision >= revision);
  }

  /**
   * Whether the book has this revision of the order or a later one, or a later absence. Unlike `hasReached`, this is false if
   * the order was last known at an earlier revision.
   */
  confirms(orderId: string, revision: number): boolean {
    const known = this.#orders.get(orderId) ?? this.#absent.get(orderId);
    return (known?.revision ?? 0) >= revision || this.isDeleted(orderId);
  }

  /** Whether an order got an update without the whole order. */
  get hasIncomplete(): boolean {
    return this.#incomplete.size > 0;
  }

  /** The revision of an order; if an update came without the whole order, the one before, of which every field is known. */
  wholeRevision(order: Order): number {
    const isCurrent = this.#orders.get(order.orderId) === order;
    return (isCurrent ? this.#incomplete.get(order.orderId) : undefined) ?? order.revision;
  }

  apply(change: OrderChange): Outcome {
    const { type, event } = change;
    if (type === 'deleted') return this.#delete(event.orderId, event.revision);
    if ('order' in event) return this.#applyWhole(event.order);
    return this.#applyUpdate(event);
  }

  /** False for an update of an order that is not known. */
  canFollow({ type, event }: OrderChange): boolean {
    return type !== 'updated' || this.#orders.has(event.orderId);
  }

  /**
   * Must be called with each change that is not applied because the next snapshot has it. If that snapshot does not list the
   * order, it is gone, also if the change comes again.
   */
  skip(change: OrderChange): void {
    this.#absent.skip(change);
    this.#rememberEnd(change);
  }

  /**
   * Replaces the orders by a complete snapshot that was read after everything applied so far. An order that is not in it
   * was deleted, or does not match any more. The higher revision wins, and an order that did not change stays the same
   * object.
   */
  replace(snapshot: readonly Order[]): ResyncDifference {
    const [added, changed, removed]: [Order[], Order[], Order[]] = [[], [], []];
    const before = new Map(this.#orders);
    this.#orders.clear();
    for (const order of snapshot) {
      const absent = this.#absent.get(order.orderId);
      // If the absence is only that of an earlier snapshot, a later snapshot that has the order ends it.
      if (absent && isSameOrder(absent, order) && order.revision < absent.revision) continue;
      const known = before.get(order.orderId);
      before.delete(order.orderId);
      const current = known && !supersedes(order, known) ? known : order;
      this.#absent.delete(order.orderId);
      this.#orders.set(order.orderId, current);
      if (!known) added.push(current);
      else if (current !== known) changed.push(current);
      if (current === order) this.#incomplete.delete(order.orderId);
    }
    for (const order of before.values()) {
      this.#absent.set(order.orderId, { ...order, why: this.#whyUnlisted });
      this.#incomplete.delete(order.orderId);
      removed.push(order);
    }
    this.#absent.settleSkipped(this.#orders, this.#whyUnlisted);
    this.#sorted.reset(this.#orders.values());
    return { added, changed, removed };
  }

  /** Adds one page of a snapshot of which others are still to come. */
  add(page: readonly Order[]): void {
    for (const order of page) {
      const known = this.#orders.get(order.orderId) ?? this.#absent.get(order.orderId);
      if (!known || !isSameOrder(known, order) || order.revision > known.revision) this.#put(order);
    }
  }

  /** An empty book with the same filter. */
  another(): OrderBook {
    return new OrderBook(this.#matches);
  }

  /**
   * Completes an order with the fetched one.
   * @returns false if the fetched one has another revision than the book
   */
  complete(order: Order): boolean {
    if (this.#orders.get(order.orderId)?.revision !== order.revision) return false;
    this.#put(order);
    return true;
  }

  /** Without a filter, only a deleted order is missing in a snapshot. */
  get #whyUnlisted(): AbsentOrder['why'] {
    return this.#matches ? 'unlisted' : 'deleted';
  }

  /**
   * Remembers the end of an order that is not in the book: its deletion, or a change after which it does not match. An older page
   * may contain the order.
   */
  #rememberEnd({ type, event }: OrderChange): void {
    const { orderId, revision } = event;
    const known = this.#absent.get(orderId);
    if (this.#orders.has(orderId) || revision <= (known?.revision ?? 0)) return;
    if (type === 'deleted') this.#absent.set(orderId, { ...known, revision, why: 'deleted' });
    else if ('order' in event && this.#isFiltered(event.order)) {
      this.#absent.set(orderId, { ...event.order, why: 'filtered' });
    }
  }

  #isFiltered(order: Order): boolean {
    return this.#matches?.(order) === false;
  }

  #applyWhole(order: Order): Outcome {
    const shown = this.#orders.get(order.orderId);
    const known = shown ?? this.#absent.get(order.orderId);
    const last = known && isSameOrder(known, order) ? known.revision : 0;
    if (order.revision <= last) return 'known';
    if (!this.#isNext(order, shown, last)) return 'gap';
    if (!this.#isFiltered(order)) {
      this.#put(order);
      return 'applied';
    }
    if (shown) this.#drop(shown);
    this.#absent.set(order.orderId, { ...order, why: 'filtered' });
    return shown ? 'applied' : 'unseen';
  }

  /**
   * Whether no change of the order is missing before this one. Changes of an order that does not match need not be known: the
   * one that brings it back has all of it.
   */
  #isNext({ orderId, revision }: Order, shown: Order | undefined, last: number): boolean {
    if (revision === 1) return true; // otherwise an unknown order must start with its creation
    if (shown) return revision === last + 1;
    return this.#matches !== undefined && !this.isDeleted(orderId); // a deleted order has no further revisions
  }

  #applyUpdate({ orderId, revision, status, estimatedDate, closedAt, timestamp }: OrderUpdateEvent): Outcome {
    const known = this.#orders.get(orderId);
    const last = known?.revision ?? this.#absent.get(orderId)?.revision ?? 0;
    if (revision <= last) return 'known';
    if (!known || revision !== last + 1) return 'gap';
    const updated: Order = { ...known, status, estimatedDate, closedAt, revision, updatedAt: timestamp };
    if (estimatedDate === undefined) delete updated.estimatedDate;
    if (closedAt === undefined) delete updated.closedAt;
    const wholeRevision = this.wholeRevision(known);
    this.#put(updated);
    this.#incomplete.set(orderId, wholeRevision);
    return 'applied';
  }

  #delete(orderId: string, revision: number): Outcome {
    const shown = this.#orders.get(orderId);
    const absent = this.#absent.get(orderId);
    const last = shown?.revision ?? absent?.revision ?? 0;
    if (revision <= last) return 'known';
    if (!shown) {
      this.#absent.set(orderId, { ...absent, revision, why: 'deleted' });
      return absent?.why === 'deleted' ? 'known' : 'unseen';
    }
    if (revision !== last + 1) return 'gap';
    this.#drop(shown);
    this.#absent.set(orderId, { revision, dateIssued: shown.dateIssued, why: 'deleted' });
    return 'applied';
  }

  #put(order: Order): void {
    const known = this.#orders.get(order.orderId);
    if (known && !isSameOrder(known, order)) this.#sorted.delete(known);
    this.#absent.delete(order.orderId);
    this.#incomplete.delete(order.orderId);
    this.#orders.set(order.orderId, order);
    this.#sorted.put(order);
  }

  #drop(order: Order): void {
    this.#orders.delete(order.orderId);
    this.#incomplete.delete(order.orderId);
    this.#sorted.delete(order);
  }
}

function supersedes(order: Order, known: Order): boolean {
  if (!isSameOrder(known, order) || order.revision > known.revision) return true;
  const differs = () => (Object.keys(order) as (keyof Order)[]).some((field) => order[field] !== known[field]);
  return order.revision === known.revision && differs();
}
