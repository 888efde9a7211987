import { type Order } from '@galley/contracts';
import { planOf, type ListIndex } from './list-index.js';
import { type OrderFacts, type OrderFilter } from './order-filter.js';
import { SortedOrders } from './sorted-orders.js';

/** An order of the lists. Its place in them never changes. */
export interface ListedOrder {
  order: Order;
  facts: OrderFacts;
}

/**
 * The indexes of lists, in memory: a sorted list for each value that orders have. There is none by word, because the words of
 * an order would take more memory than the order; checking them takes a microsecond.
 */
export class ListIndexesInMemory {
  private readonly lists = new Map<string, SortedOrders<ListedOrder>>();

  /**
   * Puts an order into the lists that have it now, and takes it out of the others.
   * @param before the order as it was, if it was in any list
   * @param now the order as it is, if it is to be in any list
   */
  move(listed: ListedOrder, before: Order | undefined, now: Order | undefined): void {
    const old = before ? namesOf(before) : [];
    const current = now ? namesOf(now) : [];
    for (const name of old) if (!current.includes(name)) this.remove(name, listed);
    for (const name of current) if (!old.includes(name)) this.listOf(name).add(listed);
  }

  /** The way to read a list that examines the fewest orders, with the orders that it examines. */
  read(filter: OrderFilter): { rest: OrderFilter; orders: SortedOrders<ListedOrder> } {
    const { index, rest } = planOf(filter, ({ by }) => by !== 'word');
    return { rest, orders: this.lists.get(nameOf(index)) ?? new SortedOrders() };
  }

  private listOf(name: string): SortedOrders<ListedOrder> {
    const list = this.lists.get(name) ?? new SortedOrders();
    this.lists.set(name, list);
    return list;
  }

  private remove(name: string, listed: ListedOrder): void {
    const list = this.listOf(name);
    list.remove(listed);
    if (list.isEmpty) this.lists.delete(name);
  }
}

const nameOf = (index: ListIndex) => ('value' in index ? `${index.by} ${String(index.value)}` : index.by);

const namesOf = ({ customerId, status, rush, closedAt }: Order) => [
  nameOf({ by: 'all' }),
  nameOf({ by: 'customer', value: customerId }),
  nameOf({ by: 'status', value: status }),
  ...(closedAt === undefined ? [nameOf({ by: 'open', value: true })] : []),
  ...(rush === true ? [nameOf({ by: 'rush', value: true })] : []),
];
