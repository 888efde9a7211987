import { type Order, type OrderStatus } from '@galley/contracts';
import { finderOf, searchTextOf, wordsOf } from '@galley/contracts/search-words';

/** Which orders to track. An order must match all that is given. The same words as those of `GET /orders`. */
export interface OrderFilter {
  /** `true`: orders that are not closed. `false`: orders that are. `'any'`: both. Default: `true` */
  open?: boolean | 'any';
  status?: OrderStatus | readonly OrderStatus[];
  customerId?: string;
  rush?: boolean;
  /** Each word is the beginning of a word of the title, the order id or the customer id. Case and accents do not count. */
  q?: string;
}

const statusesOf = ({ status = [] }: OrderFilter): readonly OrderStatus[] => [status].flat();

/** What each part of a filter asks of an order. */
const CONDITIONS: { [Name in keyof Required<OrderFilter>]: (filter: OrderFilter) => (order: Order) => boolean } = {
  open: ({ open }) => {
    return (order) => (order.closedAt === undefined) === open;
  },
  status: (filter) => {
    const statuses = statusesOf(filter);
    return (order) => statuses.includes(order.status);
  },
  customerId: ({ customerId }) => {
    return (order) => order.customerId === customerId;
  },
  rush: ({ rush }) => {
    return (order) => (order.rush === true) === rush;
  },
  q: ({ q = '' }) => {
    const isFound = finderOf(wordsOf(q));
    return (order) => isFound(searchTextOf(order));
  },
};

const namesOf = (filter: OrderFilter) =>
  (Object.keys(CONDITIONS) as (keyof OrderFilter)[]).filter(
    (name) => filter[name] !== undefined && filter[name] !== 'any',
  );

/** @returns whether an order matches, by itself; undefined if all orders do */
export function matcherOf(filter: OrderFilter): ((order: Order) => boolean) | undefined {
  const conditions = namesOf(filter).map((name) => CONDITIONS[name](filter));
  if (conditions.length === 0) return undefined;
  return (order) => conditions.every((isMet) => isMet(order));
}

/** The same filter as fields of the query of `GET /orders`. */
export function queryOf(filter: OrderFilter): [name: string, value: string][] {
  return namesOf(filter).flatMap((name): [string, string][] =>
    name === 'status' ? statusesOf(filter).map((status) => [name, status]) : [[name, String(filter[name])]],
  );
}
