import { describe, expect, it } from '@jest/globals';
import { type HistoryEntry, type OrderStatus } from '@galley/contracts';
import { inDeliverySince } from './in-delivery.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 10, 0, second)).toISOString();

/** A history with these statuses, one a second; `closed` is a close of an order in `Delivery`. */
const historyOf = (...statuses: (OrderStatus | 'closed')[]): HistoryEntry[] =>
  statuses.map((status, i) => ({
    type: i === 0 ? 'created' : 'updated',
    revision: i + 1,
    timestamp: at(i),
    ...{ title: 'T', quantity: 1, status: status === 'closed' ? 'Delivery' : status },
    ...(status === 'closed' && { closedAt: at(i) }),
  }));

const since = (history: HistoryEntry[]) => {
  const { status, closedAt, timestamp = '' }: Partial<HistoryEntry> = history.at(-1) ?? {};
  const order = { status: status ?? 'Delivery', closedAt, updatedAt: timestamp };
  return inDeliverySince(order, history)?.toISOString();
};

describe('the time since when an order has stood in Delivery', () => {
  it.each<[string, HistoryEntry[], string | undefined]>([
    ['is that of its creation if it was created there', historyOf('Delivery', 'Delivery'), at(0)],
    ['is that of the change that brought it there', historyOf('Packaging', 'Delivery', 'Delivery'), at(1)],
    ['begins anew if it comes back', historyOf('Delivery', 'Packaging', 'Delivery'), at(2)],
    ['begins anew if it is opened again', historyOf('Delivery', 'closed', 'Delivery', 'Delivery'), at(2)],
    ['is absent of an order that stands elsewhere', historyOf('Delivery', 'Packaging'), undefined],
    ['is absent of a closed order', historyOf('Delivery', 'closed'), undefined],
  ])('%s', (_what, history, expected) => {
    expect(since(history)).toBe(expected);
  });

  it('is the oldest entry that is left if the history has dropped the one that brought it there', () => {
    expect(since(historyOf('Packaging', 'Delivery', 'Delivery', 'Delivery').slice(2))).toBe(at(2));
  });

  it('is that of the last change if the history does not tell', () => {
    const order = { status: 'Delivery', updatedAt: at(7) } as const;
    expect(inDeliverySince(order, [])).toEqual(new Date(at(7)));
    expect(inDeliverySince(order, historyOf('Delivery', 'closed'))).toEqual(new Date(at(7)));
  });
});
