import { type TimeWords } from './words.js';

const DAY_MS = 86_400_000;
/** Days begin at quarters of an hour in all time zones. */
const QUARTER_HOUR_MS = 900_000;
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/** How an expected date is shown: `late` in red with a sign, `soon` in bold. */
export interface Due {
  kind: 'late' | 'soon' | 'later';
  text: string;
}

/** Says dates and times in the shop's time zone. Instants are ISO 8601. `now` is in milliseconds since 1970. */
export class Dates {
  private readonly parts: Intl.DateTimeFormat;
  private readonly weekday: Intl.DateTimeFormat;
  private readonly dayMonth: Intl.DateTimeFormat;
  private readonly clock: Intl.DateTimeFormat;
  private readonly numbers: Intl.NumberFormat;
  private readonly dayNumbers = new Map<number, number>();

  /** @param timeZone an IANA name; if absent, that of this machine */
  constructor(
    private readonly words: TimeWords,
    timeZone?: string,
  ) {
    const { locale } = words;
    this.parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    this.weekday = new Intl.DateTimeFormat(locale, { timeZone, weekday: 'short' });
    this.dayMonth = new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'short' });
    this.clock = new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    this.numbers = new Intl.NumberFormat(locale);
  }

  number(value: number): string {
    return this.numbers.format(value);
  }

  /** The days since 1970 of the calendar in the shop. It is asked for thousands of orders, so it asks Intl once for each time. */
  dayNumber(instantMs: number): number {
    const quarter = Math.floor(instantMs / QUARTER_HOUR_MS);
    const known = this.dayNumbers.get(quarter);
    if (known !== undefined) return known;
    const day = Date.parse(`${this.parts.format(instantMs)}T00:00:00Z`) / DAY_MS;
    this.dayNumbers.set(quarter, day);
    return day;
  }

  /** Whole days of the calendar until an order is due; negative if that is over. @param expected as in `due` */
  daysUntil(expected: string, now: number): number {
    return this.dayOf(expected) - this.dayNumber(now);
  }

  /** @param expected as in `due` */
  isLate(expected: string, now: number): boolean {
    const days = this.daysUntil(expected, now);
    return days < 0 || (days === 0 && !DATE_ONLY.test(expected) && Date.parse(expected) < now);
  }

  /** The same of an order's `estimatedDate`: a date, or a moment. */
  dayOf(date: string): number {
    return DATE_ONLY.test(date) ? Date.parse(date) / DAY_MS : this.dayNumber(Date.parse(date));
  }

  /** @param expected an order's `estimatedDate`: a date, which ends with its day, or a moment */
  due(expected: string, now: number): Due {
    const text = this.words.due;
    const days = this.daysUntil(expected, now);
    if (days < 0) return { kind: 'late', text: text.late(-days) };
    if (days === 0 && DATE_ONLY.test(expected)) return { kind: 'soon', text: text.today };
    if (days === 0) {
      const time = this.time(expected);
      const isLate = this.isLate(expected, now);
      return isLate ? { kind: 'late', text: text.lateSince(time) } : { kind: 'soon', text: text.todayAt(time) };
    }
    return days === 1 ? { kind: 'soon', text: text.tomorrow } : { kind: 'later', text: this.day(expected, now) };
  }

  /** `Fri 4 Dec`; with the year if it is another one. */
  day(date: string, now: number): string {
    const at = this.momentOn(date);
    const weekday = this.weekday.format(at).replace('.', '');
    const year = this.yearOf(at);
    const text = `${weekday} ${this.dayMonth.format(at)}`;
    return year === this.yearOf(now) ? text : `${text} ${year}`;
  }

  /** The two ends of a move, the first as short as the second allows: `Thu 3` and `Fri 4 Dec`. */
  move(from: string, to: string, now: number): [from: string, to: string] {
    const [before, after] = [this.day(from, now), this.day(to, now)];
    if (before === after) return [this.dayAndTime(from, now), this.dayAndTime(to, now)];
    // After the weekday and the day come the month and perhaps the year.
    const monthOf = (day: string) => day.split(' ').slice(2).join(' ');
    const isSameMonth = monthOf(before) === monthOf(after);
    return [isSameMonth ? before.split(' ').slice(0, 2).join(' ') : before, after];
  }

  /** `Fri 4 Dec`; of a moment `Fri 4 Dec, 14:32`. */
  dayAndTime(date: string, now: number): string {
    const day = this.day(date, now);
    return DATE_ONLY.test(date) ? day : `${day}, ${this.time(date)}`;
  }

  /** `14:32` */
  time(instant: string): string {
    return this.clock.format(Date.parse(instant));
  }

  /** `14:32` within the day, else `Tue 24 Nov, 09:12`. */
  moment(instant: string, now: number): string {
    const time = this.time(instant);
    return this.dayNumber(Date.parse(instant)) === this.dayNumber(now) ? time : `${this.day(instant, now)}, ${time}`;
  }

  /** How long ago, for a line with little room: `now`, `4 min`, `3 h`, `yesterday`, `Tue 24 Nov`. */
  ago(instant: string, now: number): string {
    const { ago } = this.words;
    const minutes = Math.floor((now - Date.parse(instant)) / 60_000);
    const days = this.dayNumber(now) - this.dayNumber(Date.parse(instant));
    if (minutes < 1) return ago.now;
    if (minutes < 60) return ago.minutes(minutes);
    if (days === 0) return ago.hours(Math.floor(minutes / 60));
    return days === 1 ? ago.yesterday : this.day(instant, now);
  }

  /** How long ago, within a sentence: `4 s ago`, `3 min ago`, then the time. */
  inSentence(instant: string, now: number): string {
    const seconds = Math.max(0, Math.round((now - Date.parse(instant)) / 1_000));
    if (seconds < 2) return this.words.ago.justNow;
    if (seconds < 60) return this.words.ago.seconds(seconds);
    if (seconds < 3_600) return this.words.ago.someMinutes(Math.floor(seconds / 60));
    return this.moment(instant, now);
  }

  /**
   * A moment on this day: an instant itself, or noon. That has the same date in every inhabited time zone between UTC-11 and
   * UTC+12, and is corrected for the others.
   */
  private momentOn(date: string): number {
    if (!DATE_ONLY.test(date)) return Date.parse(date);
    const noon = Date.parse(`${date}T12:00:00Z`);
    return noon + (this.dayOf(date) - this.dayNumber(noon)) * DAY_MS;
  }

  private yearOf(instantMs: number): string {
    return this.parts.format(instantMs).slice(0, 4);
  }
}
