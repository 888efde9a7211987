import { type Order, type OrderStatus } from '@galley/contracts';

/** Which orders to track. An order must match all that is given. */
export interface OrderFilter {
  /** `true`: orders that are not closed. `false`: orders that are. */
  open?: boolean;
  status?: OrderStatus | readonly OrderStatus[];
  customerId?: string;
  rush?: boolean;
}

const statusesOf = ({ status = [] }: OrderFilter): readonly OrderStatus[] => [status].flat();

const CONDITIONS: { [Name in keyof Required<OrderFilter>]: (order: Order, filter: OrderFilter) => boolean } = {
  open: (order, { open }) => (order.closedAt === undefined) === open,
  status: (order, filter) => statusesOf(filter).includes(order.status),
  customerId: (order, { customerId }) => order.customerId === customerId,
  rush: (order, { rush }) => (order.rush === true) === rush,
};

const namesOf = (filter: OrderFilter) =>
  (Object.keys(CONDITIONS) as (keyof OrderFilter)[]).filter((name) => filter[name] !== undefined);

/** @returns whether an order matches, by itself; undefined if all orders do */
export function matcherOf(filter: OrderFilter): ((order: Order) => boolean) | undefined {
  const names = namesOf(filter);
  if (names.length === 0) return undefined;
  return (order) => names.every((name) => CONDITIONS[name](order, filter));
}

/** The same filter as fields of the query of `GET /orders`. */
export function queryOf(filter: OrderFilter): [name: string, value: string][] {
  return namesOf(filter).flatMap((name): [string, string][] =>
    name === 'status' ? statusesOf(filter).map((status) => [name, status]) : [[name, String(filter[name])]],
  );
}
