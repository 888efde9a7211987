import { tokenOf, type OrderStatus } from '@galley/contracts';
import { type OrderFilter } from './order-filter.js';

/**
 * The indexes of a list. Each has the orders with one value of one property, in the order of the list, so that a page is
 * a stretch of it. That makes six of them.
 */
export type ListIndex =
  | { by: 'customer'; value: string }
  | { by: 'word'; value: string }
  | { by: 'rush'; value: true }
  | { by: 'open'; value: true }
  | { by: 'status'; value: OrderStatus }
  | { by: 'all' };

/** The index that a list is read from, and what is still to be checked of each order in it. */
export interface ListPlan {
  index: ListIndex;
  /** Empty if every order of the index is in the list. */
  rest: OrderFilter;
}

/** The most orders that are examined for one page. Then the page ends, however few orders it has. */
export const MAX_EXAMINED = 5_000;

/** The most orders that are examined to count them. */
export const MAX_COUNTED = 10_000;

/** The words of too many orders begin with fewer letters. */
const MIN_TELLING_LETTERS = 3;

/** How a list is read: from the index that most likely has the fewest orders. */
export function planOf(filter: OrderFilter): ListPlan {
  const [best] = plansFor(filter);
  return best ?? planByAll(filter);
}

/** All ways to read a list. */
export const plansOf = (filter: OrderFilter): ListPlan[] => [...plansFor(filter), planByAll(filter)];

const planByAll = (filter: OrderFilter): ListPlan => ({ index: { by: 'all' }, rest: without(filter) });

/** The plans with other indexes than that of all orders, the best first. */
function plansFor(filter: OrderFilter): ListPlan[] {
  const { customerId, words = [], rush, open, statuses = [] } = filter;
  const plans: ListPlan[] = [];
  if (customerId !== undefined) {
    plans.push({ index: { by: 'customer', value: customerId }, rest: without(filter, 'customerId') });
  }
  const [longest] = [...words].sort((a, b) => b.length - a.length);
  const isTelling = longest !== undefined && longest.length >= MIN_TELLING_LETTERS;
  if (isTelling) plans.push(planByWord(filter, longest));
  if (rush === true) plans.push({ index: { by: 'rush', value: rush }, rest: without(filter, 'rush') });
  if (open === true) plans.push({ index: { by: 'open', value: open }, rest: without(filter, 'open') });
  const [status, another] = statuses;
  if (status !== undefined && another === undefined) {
    plans.push({ index: { by: 'status', value: status }, rest: without(filter, 'statuses') });
  }
  if (longest !== undefined && !isTelling) plans.push(planByWord(filter, longest));
  return plans;
}

/** The index decides on the word itself only if the word has no more letters than a token. */
function planByWord(filter: OrderFilter, word: string): ListPlan {
  const value = tokenOf(word);
  const words = filter.words?.filter((other) => other !== value) ?? [];
  return { index: { by: 'word', value }, rest: { ...without(filter, 'words'), ...(words.length > 0 && { words }) } };
}

/** The filter without one of its fields, and without those that are undefined. */
const without = (filter: OrderFilter, field?: keyof OrderFilter): OrderFilter =>
  Object.fromEntries(Object.entries(filter).filter(([name, value]) => name !== field && value !== undefined));
