import { type Order } from '@galley/contracts';
import { DEFAULT_STATUS } from '@galley/contracts/new-order';
import { type OrderBook } from '../sync/order-book.js';
import { type ShownOrders } from '../sync/shown-orders.js';
import { SortedOrders } from '../sync/sorted-orders.js';
import { storedOrder, type Edit } from './edit.js';
import { type NewOrder } from './write.js';
import { type OpenEdits } from './open-edits.js';
import { type RestAnswers } from './rest-answers.js';
import { fieldsOf } from './undo.js';

interface Result {
  confirmed: Order | undefined;
  edits: readonly Edit[];
  order: Order | undefined;
}

/**
 * The orders to show: the confirmed orders, and the open edits applied to them. This is computed anew after each change, and
 * stored nowhere, so that an edit that is refused leaves nothing behind.
 */
export class EditedOrders implements ShownOrders {
  readonly #edits: OpenEdits;
  readonly #answers: RestAnswers;
  readonly #book: () => OrderBook;
  readonly #matches: (order: Order) => boolean;
  /** So that an order stays the same object until it changes. */
  #results = new Map<string, Result>();

  /**
   * @param book the confirmed orders
   * @param matches the filter; if absent, all orders do
   */
  constructor(
    edits: OpenEdits,
    answers: RestAnswers,
    book: () => OrderBook,
    matches: (order: Order) => boolean = () => true,
  ) {
    this.#edits = edits;
    this.#answers = answers;
    this.#book = book;
    this.#matches = matches;
  }

  /** Newest first. */
  list(): readonly Order[] {
    const book = this.#book();
    const edited = new Set([...this.#answers.orderIds, ...this.#edits.orderIds]);
    if (edited.size === 0) {
      this.#results.clear();
      return book.list();
    }
    for (const orderId of this.#results.keys()) if (!edited.has(orderId)) this.#results.delete(orderId);
    const orders = new SortedOrders(book.list().filter(({ orderId }) => !edited.has(orderId)));
    for (const orderId of edited) {
      const order = this.get(orderId);
      if (order && this.#matches(order)) orders.put(order);
    }
    return orders.view();
  }

  /** The order with its open edits, whether it matches the filter or not. */
  get(orderId: string): Order | undefined {
    const confirmed = this.confirmed(orderId);
    const edits = this.#edits.of(orderId);
    if (edits.length === 0) return confirmed;
    const known = this.#results.get(orderId);
    if (known && known.confirmed === confirmed && known.edits === edits) return known.order;
    const order = edits.reduce(withEdit, confirmed);
    this.#results.set(orderId, { confirmed, edits, order });
    return order;
  }

  /** The order as it is stored, as far as it is known. */
  confirmed(orderId: string): Order | undefined {
    const book = this.#book();
    const answer = this.#answers.get(orderId);
    const order = answer ? answer.order : book.get(orderId);
    const [first] = this.#edits.of(orderId);
    if (order ?? answer ?? first?.intent.type !== 'undo') return order;
    // The edit to undo has let the order leave the book.
    const left = storedOrder(first.intent.edit);
    return left && !book.confirms(orderId, left.revision + 1) ? left : undefined;
  }

  /** Whether the order was deleted, or is about to be. */
  isDeleted(orderId: string): boolean {
    if (this.get(orderId)) return false;
    const isRemoved = this.#edits.of(orderId).some(({ intent }) => intent.type === 'remove');
    return isRemoved || this.#answers.get(orderId) !== undefined || this.#book().isDeleted(orderId);
  }
}

function withEdit(order: Order | undefined, edit: Edit): Order | undefined {
  const { intent, since } = edit;
  switch (intent.type) {
    case 'place':
      // Nothing is missing if the feed was faster than the answer.
      return order ?? newOrder(intent.order, since);
    case 'remove':
      return undefined;
    default: {
      if (!order) return undefined;
      const { closed = order.closedAt !== undefined, ...fields } = fieldsOf(edit);
      const closedAt = closed ? (order.closedAt ?? since) : null;
      const changed = Object.entries({ ...order, ...fields, closedAt }).filter(([, value]) => value !== null);
      return Object.fromEntries(changed) as unknown as Order;
    }
  }
}

/** The order as it will most likely be stored. Its revision is 0 until it is. */
function newOrder(
  { status = DEFAULT_STATUS, dateIssued, ...order }: NewOrder & { orderId: string },
  since: string,
): Order {
  const issued = new Date(dateIssued ?? since);
  return {
    ...order,
    status,
    dateIssued: Number.isNaN(issued.getTime()) ? since : issued.toISOString(),
    revision: 0,
    updatedAt: since,
  };
}
