import { isFoundBy, searchTextOf, type Order, type OrderStatus } from '@galley/contracts';
import { endOf } from './time-zones.js';

/** What the orders of a list must match: all of it. */
export interface OrderFilter {
  open?: boolean;
  /** One of them, each only once. */
  statuses?: readonly OrderStatus[];
  customerId?: string;
  /** The first moment at which the order may be due. */
  dueAfter?: Date;
  /** The order must be due before this moment. */
  dueBefore?: Date;
  /** ISO 8601 in UTC with milliseconds. */
  updatedSince?: string;
  rush?: boolean;
  /** At least one, as `wordsOf` gives them: each must be the beginning of a word of the order. */
  words?: readonly string[];
}

/** What the filters need of an order and its fields do not say. */
export interface OrderFacts {
  /** The last moment of its `estimatedDate`. */
  dueAt?: Date;
  /** See `searchTextOf`. */
  searchText: string;
}

export function factsOf(order: Order, timeZone: string): OrderFacts {
  const { estimatedDate } = order;
  return {
    ...(estimatedDate !== undefined && { dueAt: endOf(estimatedDate, timeZone) }),
    searchText: searchTextOf(order),
  };
}

/** Whether a list with this filter has the order. */
export function matches(order: Order, { dueAt, searchText }: OrderFacts, filter: OrderFilter): boolean {
  const { open, statuses, customerId, dueAfter, dueBefore, updatedSince, rush, words } = filter;
  return (
    (open === undefined || open === (order.closedAt === undefined)) &&
    (statuses === undefined || statuses.includes(order.status)) &&
    (customerId === undefined || customerId === order.customerId) &&
    (dueAfter === undefined || (dueAt !== undefined && dueAt >= dueAfter)) &&
    (dueBefore === undefined || (dueAt !== undefined && dueAt < dueBefore)) &&
    (updatedSince === undefined || order.updatedAt >= updatedSince) &&
    (rush === undefined || rush === (order.rush === true)) &&
    (words === undefined || isFoundBy(searchText, words))
  );
}
