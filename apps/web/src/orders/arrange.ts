import { ORDER_STATUSES, type Order, type OrderStatus } from '@galley/client';

/** What must not move: the cards of a column from its top to one that is under the pointer, or focused. */
export interface Held {
  stage: OrderStatus;
  /** The ids of the orders, from the top. */
  orderIds: readonly string[];
}

/** The orders of each column, from the top. */
export type Columns = Readonly<Record<OrderStatus, readonly Order[]>>;

/**
 * Puts orders into the columns of their stages, in the order in which they are given. What is held stays where it is, also an order
 * that has gone to another stage. What would have come above it comes right below.
 */
export function arrange(orders: readonly Order[], holds: readonly Held[] = []): Columns {
  const byId = holds.length > 0 ? new Map(orders.map((order) => [order.orderId, order])) : undefined;
  const placed = new Set<string>();
  const columns = Object.fromEntries(ORDER_STATUSES.map((status): [OrderStatus, Order[]] => [status, []])) as Record<
    OrderStatus,
    Order[]
  >;
  for (const { stage, orderIds } of holds) {
    for (const orderId of orderIds) {
      const order = byId?.get(orderId);
      if (!order || placed.has(orderId)) continue;
      placed.add(orderId);
      columns[stage].push(order);
    }
  }
  for (const order of orders) if (!placed.has(order.orderId)) columns[order.status].push(order);
  return columns;
}

/** The column of an order, and its place there; undefined if it is in none. */
export function findPlace(columns: Columns, orderId: string): { stage: OrderStatus; index: number } | undefined {
  for (const stage of ORDER_STATUSES) {
    const index = columns[stage].findIndex((order) => order.orderId === orderId);
    if (index !== -1) return { stage, index };
  }
  return undefined;
}

/**
 * Where the focus stays: on the order itself, or if it has gone, on the one that was next below it, above it or beside it.
 * @param before the columns in which the order was. @returns undefined if no order is left
 */
export function nearestLeft(columns: Columns, orderId: string, before: Columns = columns): string | undefined {
  if (findPlace(columns, orderId)) return orderId;
  const place = findPlace(before, orderId);
  const isLeft = (order: Order) => findPlace(columns, order.orderId) !== undefined;
  const nearest = place && nearestTo(before[place.stage], place.index).find(isLeft);
  return (nearest ?? ORDER_STATUSES.flatMap((status) => columns[status])[0])?.orderId;
}

/** A list from one place down, then from there up. */
export const nearestTo = (orders: readonly Order[], index: number): readonly Order[] => [
  ...orders.slice(index),
  ...orders.slice(0, index).reverse(),
];

/** Holds the cards of a column from its top to this one. @returns undefined if the order is in no column */
export function holdUpTo(columns: Columns, orderId: string): Held | undefined {
  const place = findPlace(columns, orderId);
  if (!place) return undefined;
  const { stage, index } = place;
  return { stage, orderIds: columns[stage].slice(0, index + 1).map((order) => order.orderId) };
}

/** Lets orders go that this page has moved itself. */
export const without = (held: Held, orderIds: ReadonlySet<string>): Held => ({
  ...held,
  orderIds: held.orderIds.filter((orderId) => !orderIds.has(orderId)),
});

export type Direction = 'up' | 'down' | 'left' | 'right';

/** The order that a key leads to from another one: the next in its column, or the one beside it in the next column with orders. */
export function neighbour(columns: Columns, orderId: string, direction: Direction): Order | undefined {
  const place = findPlace(columns, orderId);
  if (!place) return undefined;
  const { stage, index } = place;
  if (direction === 'up') return columns[stage][index - 1];
  if (direction === 'down') return columns[stage][index + 1];
  const step = direction === 'left' ? -1 : 1;
  for (let i = ORDER_STATUSES.indexOf(stage) + step; ; i += step) {
    const status = ORDER_STATUSES[i];
    if (!status) return undefined;
    const column = columns[status];
    if (column.length > 0) return column[Math.min(index, column.length - 1)];
  }
}
