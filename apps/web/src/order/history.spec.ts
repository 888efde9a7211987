import { expect, it } from '@jest/globals';
import { type HistoryEntry } from '@galley/client';
import { inStageSince, stepsOf } from './history.js';

const entry = (fields: Partial<HistoryEntry> = {}): HistoryEntry => ({
  type: 'updated',
  revision: 2,
  timestamp: '2026-11-25T13:32:00.000Z',
  title: 'Annual report',
  quantity: 500,
  status: 'In Printing',
  ...fields,
});

it.each<[string, Partial<HistoryEntry>, ReturnType<typeof stepsOf>]>([
  ['a move', { status: 'In Binding' }, [{ what: 'moved', to: 'In Binding' }]],
  ['a quantity', { quantity: 600 }, [{ what: 'changed', field: 'quantity', from: 500, to: 600 }]],
  [
    'a first date',
    { estimatedDate: '2026-12-24' },
    [{ what: 'changed', field: 'estimatedDate', from: undefined, to: '2026-12-24' }],
  ],
  ['a hurry', { rush: true }, [{ what: 'marked rush' }]],
  ['a close', { closedAt: '2026-11-25T13:32:00.000Z' }, [{ what: 'closed' }]],
  ['a message alone', { message: 'On the press' }, [{ what: 'wrote' }]],
  ['a note alone', { note: 'New plates' }, [{ what: 'noted' }]],
  ['a move with a message', { status: 'Delivery', message: 'On its way' }, [{ what: 'moved', to: 'Delivery' }]],
])('tells %s', (_what, fields, steps) => {
  expect(stepsOf(entry(fields), entry())).toEqual(steps);
});

it('tells the end of a hurry and of a close', () => {
  expect(stepsOf(entry(), entry({ rush: true, closedAt: '2026-11-25T13:00:00.000Z' }))).toEqual([
    { what: 'reopened' },
    { what: 'unmarked rush' },
  ]);
});

it('tells that an order was placed', () => {
  expect(stepsOf(entry({ type: 'created' }), undefined)).toEqual([{ what: 'placed' }]);
});

it('knows since when an order has had its stage', () => {
  const at = (timestamp: string, status: HistoryEntry['status']) => entry({ timestamp, status });
  expect(inStageSince([at('c', 'Delivery'), at('b', 'Delivery'), at('a', 'Packaging')])).toBe('b');
  expect(inStageSince([at('c', 'Delivery')])).toBe('c');
  expect(inStageSince([])).toBeUndefined();
});
