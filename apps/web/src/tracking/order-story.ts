import { type HistoryEntry, type OrderStatus } from '@galley/client/read';
import { ORDER_STATUSES } from '@galley/contracts/order-status';
import { type Dates } from '../words/dates.js';
import { type KnownOrder } from './read-order.js';

export interface Step {
  status: OrderStatus;
  state: 'done' | 'now' | 'next' | 'later';
  /** When the order came to it, an instant; absent if it has not, or nobody knows when. */
  since?: string;
}

/** The steps of an order, each with the time at which the order came to it last. */
export function stepsOf({ order, history }: KnownOrder): Step[] {
  const current = ORDER_STATUSES.indexOf(order.status);
  const isDone = order.closedAt !== undefined && order.status === 'Delivery';
  return ORDER_STATUSES.map((status, index) => {
    if (index > current) return { status, state: index === current + 1 ? 'next' : 'later' };
    const since = history.findLast((entry, i) => entry.status === status && history[i - 1]?.status !== status);
    return { status, state: index < current || isDone ? 'done' : 'now', since: since?.timestamp };
  });
}

export interface ExpectedDate {
  /** An `estimatedDate`, as the shop has written it. */
  expected: string;
  /** What it was before it moved last. */
  movedFrom?: string;
  /** How many days it is later than what was promised first; at least 1. */
  daysLater?: number;
  /** Whether the order is late: by what was promised first, or even by what is now. */
  isLate: boolean;
}

/** @returns undefined if the shop has given no date @param now milliseconds since 1970 */
export function expectedDateOf({ order, history }: KnownOrder, dates: Dates, now: number): ExpectedDate | undefined {
  const { estimatedDate: expected, closedAt } = order;
  if (expected === undefined) return undefined;
  const promised = history.flatMap(({ estimatedDate }) => estimatedDate ?? []);
  const [first = expected] = promised;
  const movedFrom = promised.findLast((date) => date !== expected);
  const isOver = (date: string) => dates.due(date, now).kind === 'late';
  const daysLater = dates.dayOf(expected) - dates.dayOf(first);
  const isLate = closedAt === undefined && (isOver(expected) || (daysLater > 0 && isOver(first)));
  return { expected, isLate, ...(movedFrom !== undefined && { movedFrom }), ...(daysLater > 0 && { daysLater }) };
}

export interface Message {
  text: string;
  /** An instant. */
  at: string;
}

/** What the shop has written to the customer last. */
export function messageOf(history: readonly HistoryEntry[]): Message | undefined {
  const entry = history.findLast(({ message }) => message !== undefined);
  return entry?.message === undefined ? undefined : { text: entry.message, at: entry.timestamp };
}
