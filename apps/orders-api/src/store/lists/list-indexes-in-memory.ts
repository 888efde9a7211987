import { type Order } from '@galley/contracts';
import { plansOf, type ListIndex } from './list-index.js';
import { ListedOrders, type ListedOrder } from './listed-orders.js';
import { matcherOf, type Matches, type OrderFilter } from './order-filter.js';
import { WordIndex } from './word-index.js';

/** The orders that a list examines, and which of them it has. */
export interface ListReading {
  orders: ListedOrders;
  matches: Matches;
}

/** The indexes of lists, in memory: a sorted list for each value that orders have, and one for each beginning of words. */
export class ListIndexesInMemory {
  private readonly lists = new Map<string, ListedOrders>();
  private readonly words = new WordIndex();

  /**
   * Puts an order into the lists that have it now, and takes it out of the others.
   * @param listed the order as it is
   * @param before the order as it was, if it was in any list
   * @param isListed whether it is to be in any list
   */
  move(listed: ListedOrder, before: Readonly<ListedOrder> | undefined, isListed: boolean): void {
    const old = before ? namesOf(before.order) : [];
    const current = isListed ? namesOf(listed.order) : [];
    for (const name of old) if (!current.includes(name)) this.remove(name, listed);
    const isNewest = !this.listOf(ALL).hasAfter(listed);
    const put = (orders: ListedOrders) => {
      if (isNewest) orders.append(listed);
      else orders.add(listed);
    };
    for (const name of current) if (!old.includes(name)) put(this.listOf(name));
    this.words.move(listed, before?.facts.searchText ?? '', isListed ? listed.facts.searchText : '', put);
  }

  /** The way to read a list that examines the fewest orders. */
  read(filter: OrderFilter): ListReading {
    const { words = [], ...others } = filter;
    const ways = [
      ...plansOf(others).map(({ index, rest }) => ({
        orders: this.lists.get(nameOf(index)) ?? new ListedOrders(),
        rest: { ...rest, words },
      })),
      ...words.map((word) => {
        const { orders, isExact } = this.words.find(word);
        return { orders, rest: { ...others, words: isExact ? words.filter((other) => other !== word) : words } };
      }),
    ];
    const { orders, rest } = ways.reduce((best, way) => (way.orders.size < best.orders.size ? way : best));
    return { orders, matches: matcherOf(rest) };
  }

  private listOf(name: string): ListedOrders {
    const list = this.lists.get(name) ?? new ListedOrders();
    this.lists.set(name, list);
    return list;
  }

  private remove(name: string, listed: ListedOrder): void {
    const list = this.listOf(name);
    list.remove(listed);
    if (list.size === 0) this.lists.delete(name);
  }
}

const nameOf = (index: ListIndex) => ('value' in index ? `${index.by} ${String(index.value)}` : index.by);

const ALL = nameOf({ by: 'all' });

const namesOf = ({ customerId, status, rush, closedAt }: Order) => [
  ALL,
  nameOf({ by: 'customer', value: customerId }),
  nameOf({ by: 'status', value: status }),
  ...(closedAt === undefined ? [nameOf({ by: 'open', value: true })] : []),
  ...(rush === true ? [nameOf({ by: 'rush', value: true })] : []),
];
