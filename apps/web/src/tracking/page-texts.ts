import { type ConnectionState, type Order } from '@galley/client/read';
import { type Dates } from '../words/dates.js';
import { type TrackingWords } from '../words/words.js';
import { expectedDateOf, messageOf, stepsOf, type ExpectedDate, type Step } from './order-story.js';
import { type End, type KnownOrder } from './read-order.js';

/** Whether what is shown is true now: `asking` by REST only, because the socket is away; `offline` not even that. */
export type Connection =
  | { kind: 'connecting' | Exclude<ConnectionState, 'offline'> }
  | { kind: 'asking' }
  | { kind: 'offline'; sinceMs: number };

/** What the page is about. Times are in milliseconds since 1970. */
export type Shown =
  | { kind: 'reading' }
  | { kind: 'away' }
  | { kind: End }
  | { kind: 'order'; known: KnownOrder; connection: Connection; confirmedAtMs: number };

export interface StepText extends Pick<Step, 'state'> {
  name: string;
  /** When the order came to it, or what is to come. */
  time: string;
}

/** What the page says, by the slots of track.html. */
export interface SlotTexts {
  headline: string;
  explanation?: string;
  job?: string;
  connection?: string;
  knownAt?: string;
  expectedLabel?: string;
  expectedDay?: string;
  late?: string;
  moved?: string;
  message?: string;
  messageAt?: string;
  orderId?: string;
  updated?: string;
}

export interface PageTexts {
  slots: SlotTexts;
  steps: StepText[];
}

/** Says what is shown in words. @param now milliseconds since 1970 */
export function textsOf(shown: Shown, words: TrackingWords, dates: Dates, now: number): PageTexts {
  if (shown.kind === 'reading') return { slots: { headline: words.reading }, steps: [] };
  if (shown.kind !== 'order') return { slots: words[shown.kind], steps: [] };
  const { known, connection, confirmedAtMs } = shown;
  const { order, history } = known;
  /** `today, 14:32`, or `Tue 24 Nov, 09:12` */
  const when = (instant: string) => {
    const isToday = dates.dayNumber(Date.parse(instant)) === dates.dayNumber(now);
    return isToday ? words.due.todayAt(dates.time(instant)) : dates.moment(instant, now);
  };
  const clock = (ms: number) => dates.moment(new Date(ms).toISOString(), now);
  const date = expectedDateOf(known, dates, now);
  const copies = order.quantity === 1 ? words.oneCopy : words.copies(dates.number(order.quantity));
  const message = messageOf(history);
  return {
    slots: {
      ...answerTexts(order, date, words, when),
      job: `${order.title}, ${copies}`,
      connection: connectionText(connection, confirmedAtMs, clock, words),
      ...(connection.kind === 'offline' && { knownAt: words.knownAt(clock(confirmedAtMs)) }),
      ...(order.closedAt === undefined && expectedTexts(date, words, dates, now)),
      ...(message && { message: message.text, messageAt: when(message.at) }),
      orderId: order.orderId,
      updated: when(order.updatedAt),
    },
    steps: stepsOf(known).map(({ status, state, since }) => {
      const isToCome = status === 'Delivery' && state !== 'done' && state !== 'now' && date !== undefined;
      const ahead = isToCome ? words.expectedOn(dates.day(date.expected, now)) : state === 'next' ? words.next : '';
      return { name: words.stages[status].step, state, time: since === undefined ? ahead : when(since) };
    }),
  };
}

function answerTexts(
  { status, closedAt }: Order,
  date: ExpectedDate | undefined,
  words: TrackingWords,
  when: (instant: string) => string,
): Pick<SlotTexts, 'headline' | 'explanation'> {
  const { headline, meanwhile } = words.stages[status];
  if (closedAt !== undefined) {
    return {
      headline: status === 'Delivery' ? words.completed : words.closed,
      explanation: words.closedAt(when(closedAt)),
    };
  }
  return date?.isLate ? { headline: words.runningLate, explanation: `${meanwhile} ${words.sorry}` } : { headline };
}

function expectedTexts(
  date: ExpectedDate | undefined,
  words: TrackingWords,
  dates: Dates,
  now: number,
): Pick<SlotTexts, 'expectedLabel' | 'expectedDay' | 'late' | 'moved'> {
  if (!date) return { expectedLabel: words.expected, expectedDay: words.noDate };
  const { expected, movedFrom, daysLater, isLate } = date;
  const due = dates.due(expected, now);
  const daysAhead = dates.dayOf(expected) - dates.dayNumber(now);
  const late = due.kind === 'late' ? due.text : daysLater !== undefined && words.laterThanPromised(daysLater);
  return {
    expectedLabel: [words.expectedToday, words.expectedTomorrow][daysAhead] ?? words.expected,
    expectedDay: dates.dayAndTime(expected, now),
    ...(isLate && late && { late }),
    ...(movedFrom !== undefined && { moved: words.moved(...dates.move(movedFrom, expected, now)) }),
  };
}

function connectionText(
  connection: Connection,
  confirmedAtMs: number,
  clock: (ms: number) => string,
  { connection: text }: TrackingWords,
): string {
  if (connection.kind === 'asking') return text.asking(clock(confirmedAtMs));
  return connection.kind === 'offline' ? text.offline(clock(connection.sinceMs)) : text[connection.kind];
}
