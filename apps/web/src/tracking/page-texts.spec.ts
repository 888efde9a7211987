import { describe, expect, it } from '@jest/globals';
import { type HistoryEntry, type Order } from '@galley/client/read';
import { Dates } from '../words/dates.js';
import { englishTracking } from '../words/english-tracking.js';
import { germanTracking } from '../words/german-tracking.js';
import { textsOf, type Connection } from './page-texts.js';

const NOW = Date.parse('2026-11-25T13:40:00Z');
const english = new Dates(englishTracking, 'Europe/Berlin');
const german = new Dates(germanTracking, 'Europe/Berlin');

type Change = Partial<Pick<HistoryEntry, 'status' | 'estimatedDate' | 'closedAt' | 'message' | 'note' | 'actor'>>;

/** An order with these changes, one a day, the last one today at 14:32 in Berlin. */
function orderOf(...changes: Change[]) {
  const history: HistoryEntry[] = [];
  for (const [index, { message, note, actor, ...state }] of changes.entries()) {
    const before = history[index - 1];
    history.push({
      type: index === 0 ? 'created' : 'updated',
      revision: index + 1,
      timestamp: new Date(Date.parse('2026-11-25T13:32:00Z') - (changes.length - 1 - index) * 86_400_000).toISOString(),
      ...{ title: 'Field guide to mosses', quantity: 3_200, status: 'In Production' },
      ...(before && { status: before.status, estimatedDate: before.estimatedDate }),
      ...state,
      ...{ message, note, actor },
    });
  }
  const [last] = history.slice(-1);
  if (!last) throw new Error('An order has at least one change');
  const { title, quantity, status, estimatedDate, closedAt, timestamp, revision } = last;
  const ids = { orderId: 'GL-7', customerId: 'ana', dateIssued: timestamp };
  const order: Order = { ...ids, title, quantity, status, estimatedDate, closedAt, updatedAt: timestamp, revision };
  return { order, history };
}

const shownOf = (changes: Change[], connection: Connection = { kind: 'live' }) =>
  ({ kind: 'order', known: orderOf(...changes), connection, confirmedAtMs: NOW - 60_000 }) as const;

const inEnglish = (...changes: Change[]) => textsOf(shownOf(changes), englishTracking, english, NOW);
const inGerman = (...changes: Change[]) => textsOf(shownOf(changes), germanTracking, german, NOW);

const MOSSES: Change[] = [
  { estimatedDate: '2026-12-03' },
  { status: 'In Printing', message: 'On the press' },
  { status: 'In Binding', estimatedDate: '2026-12-04' },
];

describe('an order', () => {
  it('is told in a sentence, with its date and that it moved', () => {
    expect(inEnglish(...MOSSES).slots).toMatchObject({
      headline: 'Your order is being bound',
      job: 'Field guide to mosses, 3,200 copies',
      expectedLabel: 'Expected',
      expectedDay: 'Fri 4 Dec',
      moved: 'moved from Thu 3 to Fri 4 Dec',
      orderId: 'GL-7',
      updated: 'today, 14:32',
    });
    expect(inGerman(...MOSSES).slots).toMatchObject({
      headline: 'Ihr Auftrag wird gebunden',
      job: 'Field guide to mosses, 3.200 Exemplare',
      moved: 'von Do 3. auf Fr 4. Dez. verschoben',
    });
  });

  it('has its steps with their times, and what is to come', () => {
    expect(inEnglish(...MOSSES).steps).toEqual([
      { name: 'In production', state: 'done', time: 'Mon 23 Nov, 14:32' },
      { name: 'Printing', state: 'done', time: 'Tue 24 Nov, 14:32' },
      { name: 'Binding', state: 'now', time: 'today, 14:32' },
      { name: 'Packaging', state: 'next', time: 'next' },
      { name: 'Delivery', state: 'later', time: 'expected Fri 4 Dec' },
    ]);
  });

  it('that went back is at its earlier step, since it came there again', () => {
    const { steps } = inEnglish({}, { status: 'In Binding' }, { status: 'In Printing' });
    expect(steps.map(({ state, time }) => [state, time])).toEqual([
      ['done', 'Mon 23 Nov, 14:32'],
      ['now', 'today, 14:32'],
      ['next', 'next'],
      ['later', ''],
      ['later', ''],
    ]);
  });

  it('has the last message of the shop', () => {
    expect(inEnglish(...MOSSES).slots).toMatchObject({ message: 'On the press', messageAt: 'Tue 24 Nov, 14:32' });
    expect(inEnglish({}).slots.message).toBeUndefined();
  });

  it('never shows a note, or who has changed it', () => {
    const texts = inEnglish({ note: 'a secret', actor: { role: 'staff', sub: 'ben' } });
    expect(JSON.stringify(texts)).not.toMatch(/secret|ben/);
  });

  it('without a date says so', () => {
    expect(inEnglish({}).slots).toMatchObject({ expectedDay: 'No date yet' });
  });

  it.each([
    ['2026-11-25', 'Expected today'],
    ['2026-11-26', 'Expected tomorrow'],
    ['2026-11-27', 'Expected'],
    ['2026-11-26T09:00:00Z', 'Expected tomorrow'],
  ])('that is expected on %s is told so: %s', (estimatedDate, expectedLabel) => {
    expect(inEnglish({ estimatedDate }).slots).toMatchObject({ expectedLabel });
  });

  it('that is closed is complete, and has no date any more', () => {
    const closedAt = '2026-11-25T13:32:00.000Z';
    const { slots, steps } = inEnglish(...MOSSES, { status: 'Delivery' }, { closedAt });
    expect(slots).toMatchObject({ headline: 'Your order is complete', explanation: 'Since today, 14:32' });
    expect(slots.expectedDay).toBeUndefined();
    expect(steps.map(({ state }) => state)).toEqual(Array(5).fill('done'));
    expect(inEnglish({ closedAt }).slots.headline).toBe('Your order was closed');
  });
});

describe('an order that is late', () => {
  const LATE: Change[] = [{ estimatedDate: '2026-11-23' }, { status: 'In Binding', estimatedDate: '2026-11-26' }];

  it('is said to be late once the first promise is over, and by how many days', () => {
    expect(inEnglish(...LATE).slots).toMatchObject({
      headline: 'Your order is running late',
      explanation: 'It is being bound now. We are sorry about the wait.',
      late: '3 days later than first promised',
      moved: 'moved from Mon 23 to Thu 26 Nov',
    });
    expect(inGerman(...LATE).slots.late).toBe('3 Tage später als zuerst zugesagt');
  });

  it('is said to be late by the days that have gone by since it was expected', () => {
    expect(inEnglish({ estimatedDate: '2026-11-22' }).slots).toMatchObject({ late: '3 days late' });
  });

  it('is not said to be late while the first promise can still be kept, or once it is complete', () => {
    expect(inEnglish(...MOSSES).slots.late).toBeUndefined();
    const closedAt = '2026-11-25T13:32:00.000Z';
    expect(inEnglish(...LATE, { status: 'Delivery', closedAt }).slots.headline).toBe('Your order is complete');
  });
});

describe('the connection', () => {
  it.each<[Connection, string]>([
    [{ kind: 'connecting' }, 'Connecting'],
    [{ kind: 'live' }, 'Live: this page changes by itself'],
    [{ kind: 'asking' }, 'Not live. Looked up at 14:39, and again every half minute'],
    [{ kind: 'offline', sinceMs: NOW }, 'Offline since 14:40'],
  ])('%j is said in words', (connection, text) => {
    expect(textsOf(shownOf(MOSSES, connection), englishTracking, english, NOW).slots.connection).toBe(text);
  });

  it('that is lost leaves what was known, and says of when it is', () => {
    const { slots } = textsOf(shownOf(MOSSES, { kind: 'offline', sinceMs: NOW }), englishTracking, english, NOW);
    expect(slots).toMatchObject({ headline: 'Your order is being bound', knownAt: 'You see what we knew at 14:39.' });
  });
});

it.each([
  ['reading', 'Your order is being looked up'],
  ['away', 'We cannot look it up right now'],
  ['gone', 'This order is no longer here'],
  ['expired', 'This link has run out'],
  ['ended', 'This link was ended'],
  ['unknown', 'This link leads to no order'],
] as const)('a page that is %s says so: %s', (kind, headline) => {
  const { slots, steps } = textsOf({ kind }, englishTracking, english, NOW);
  expect([slots.headline, steps]).toEqual([headline, []]);
});
