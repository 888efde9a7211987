import { type Order } from '@galley/contracts';
import { type OrderChange } from './order-change.js';

/** Enough to remember every order that a snapshot or a replay could still contradict. */
const MAX_REMEMBERED = 10_000;

interface SeenOrder {
  revision: number;
  /** Absent if the order itself was never seen. */
  dateIssued?: string;
}

export interface AbsentOrder extends SeenOrder {
  /** The revision with which it left the book, or which did not bring it there. If it is unlisted, the last known revision. */
  revision: number;
  /** `unlisted`: it is not in the last snapshot. It was deleted, or does not match the filter. */
  why: 'deleted' | 'filtered' | 'unlisted';
}

/** What is known of the orders that are not in the book. */
export class AbsentOrders {
  readonly #absent = new Map<string, AbsentOrder>();
  /** The newest change of each order that was skipped since the last snapshot. */
  readonly #skipped = new Map<string, SeenOrder>();

  get(orderId: string): AbsentOrder | undefined {
    return this.#absent.get(orderId);
  }

  set(orderId: string, { revision, dateIssued, why }: AbsentOrder): void {
    putNewest(this.#absent, orderId, { revision, dateIssued, why });
  }

  delete(orderId: string): void {
    this.#absent.delete(orderId);
  }

  /** Records a change that is not applied because the next snapshot has it. */
  skip({ event }: OrderChange): void {
    const { orderId, revision } = event;
    if (revision <= (this.#skipped.get(orderId)?.revision ?? 0)) return;
    putNewest(this.#skipped, orderId, { revision, dateIssued: 'order' in event ? event.order.dateIssued : undefined });
  }

  /**
   * Must be called after each snapshot. Orders of skipped changes that it does not list are gone.
   * @param listed the orders of the snapshot
   */
  settleSkipped(listed: ReadonlyMap<string, unknown>, why: AbsentOrder['why']): void {
    for (const [orderId, seen] of this.#skipped) {
      const isKnown = listed.has(orderId) || seen.revision <= (this.#absent.get(orderId)?.revision ?? 0);
      if (!isKnown) this.set(orderId, { ...seen, why });
    }
    this.#skipped.clear();
  }
}

export const isSameOrder = (known: { dateIssued?: string }, order: Order): boolean =>
  known.dateIssued === undefined || known.dateIssued === order.dateIssued;

/** Puts an entry behind all others, and drops the oldest if there are too many. */
function putNewest<T>(map: Map<string, T>, orderId: string, value: T): void {
  map.delete(orderId);
  map.set(orderId, value);
  const [oldest] = map.keys();
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest);
}
