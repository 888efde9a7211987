import { type Order } from '@galley/client';
import { finderOf, searchTextOf, wordsOf } from '@galley/contracts/search-words';
import { type Dates } from '../words/dates.js';
import { type BoardAddress, type Filter, type Sort } from '../page/address.js';

/** What is asked of the orders that the page has. */
export type Asked = Pick<BoardAddress, 'sort' | 'filter' | 'q'>;

/** The present time in milliseconds since 1970, and the calendar of the shop. */
export interface Calendar {
  dates: Dates;
  now: number;
}

export function isLate(order: Order, { dates, now }: Calendar): boolean {
  return order.estimatedDate !== undefined && dates.isLate(order.estimatedDate, now);
}

const FILTERS: Record<Filter, (order: Order, calendar: Calendar) => boolean> = {
  all: () => true,
  late: isLate,
  rush: (order) => order.rush === true,
  today: ({ estimatedDate }, { dates, now }) =>
    estimatedDate !== undefined && dates.daysUntil(estimatedDate, now) === 0,
};

/** An order that did not change is the same object, so what is found out about it is found out once. */
function remember<Value>(find: (order: Order) => Value): (order: Order) => Value {
  const known = new WeakMap<Order, { value: Value }>();
  return (order) => {
    const before = known.get(order);
    if (before) return before.value;
    const value = find(order);
    known.set(order, { value });
    return value;
  };
}

const searchText = remember(searchTextOf);
const isDate = (text: string) => !text.includes('T');
const DAY_MS = 86_400_000;

/** When an order is due, in milliseconds since 1970: a date at the end of its day. Without a date it comes after all others. */
const dueAt = remember(({ estimatedDate }) => {
  if (estimatedDate === undefined) return Infinity;
  return Date.parse(estimatedDate) + (isDate(estimatedDate) ? DAY_MS : 0);
});

export function filterOrders(orders: readonly Order[], { filter, q }: Asked, calendar: Calendar): readonly Order[] {
  const words = wordsOf(q);
  const isAsked = FILTERS[filter];
  if (filter === 'all' && words.length === 0) return orders;
  const isFound = finderOf(words);
  return orders.filter((order) => isAsked(order, calendar) && isFound(searchText(order)));
}

/**
 * @param orders newest first
 * @returns newest first; or late ones first, then those in a hurry, then by the expected date
 */
export function sortOrders(orders: readonly Order[], sort: Sort, calendar: Calendar): readonly Order[] {
  if (sort === 'newest') return orders;
  const ranked = orders.map((order) => ({
    order,
    rank: isLate(order, calendar) ? 0 : order.rush === true ? 1 : 2,
    due: dueAt(order),
  }));
  // Two orders without a date are due at the same time: Infinity minus itself is no number.
  return ranked.sort((a, b) => a.rank - b.rank || (a.due === b.due ? 0 : a.due - b.due)).map(({ order }) => order);
}

/** How many orders each filter would show. */
export function countByFilter(orders: readonly Order[], calendar: Calendar): Record<Filter, number> {
  const counts = { all: orders.length, late: 0, rush: 0, today: 0 };
  for (const order of orders) {
    for (const filter of ['late', 'rush', 'today'] as const) if (FILTERS[filter](order, calendar)) counts[filter]++;
  }
  return counts;
}
