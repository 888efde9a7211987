import { finderOf, searchTextOf, type Order, type OrderStatus } from '@galley/contracts';
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
  /** The last moment of its `estimatedDate`, in milliseconds since 1970. */
  dueAtMs: number | undefined;
  /** See `searchTextOf`. */
  searchText: string;
}

export const factsOf = (order: Order, timeZone: string): OrderFacts => ({
  dueAtMs: order.estimatedDate === undefined ? undefined : endOf(order.estimatedDate, timeZone).getTime(),
  searchText: searchTextOf(order),
});

/** Whether a list has an order. */
export type Matches = (order: Order, facts: OrderFacts) => boolean;

/** What a list with this filter has. */
export function matcherOf({ open, statuses, customerId, updatedSince, rush, words, ...due }: OrderFilter): Matches {
  const [dueAfterMs, dueBeforeMs] = [due.dueAfter?.getTime(), due.dueBefore?.getTime()];
  const isFound = words && words.length > 0 ? finderOf(words) : undefined;
  return (order, { dueAtMs, searchText }) =>
    (open === undefined || open === (order.closedAt === undefined)) &&
    (statuses === undefined || statuses.includes(order.status)) &&
    (customerId === undefined || customerId === order.customerId) &&
    (dueAfterMs === undefined || (dueAtMs !== undefined && dueAtMs >= dueAfterMs)) &&
    (dueBeforeMs === undefined || (dueAtMs !== undefined && dueAtMs < dueBeforeMs)) &&
    (updatedSince === undefined || order.updatedAt >= updatedSince) &&
    (rush === undefined || rush === (order.rush === true)) &&
    (isFound === undefined || isFound(searchText));
}
