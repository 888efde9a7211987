import { type Words } from './words.js';

const DAY_MS = 86_400_000;
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/** How an expected date is shown: `late` in red with a sign, `soon` in bold. */
export interface Due {
  kind: 'late' | 'soon' | 'later';
  text: string;
  /** Whether it is due on this very day. */
  isToday: boolean;
}

/** Says dates and times in the shop's time zone. Instants are ISO 8601. `now` is in milliseconds since 1970. */
export class Dates {
  private readonly parts: Intl.DateTimeFormat;
  private readonly weekday: Intl.DateTimeFormat;
  private readonly dayMonth: Intl.DateTimeFormat;
  private readonly clock: Intl.DateTimeFormat;
  private readonly numbers: Intl.NumberFormat;

  /** @param timeZone an IANA name; if absent, that of this machine */
  constructor(
    private readonly words: Words,
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

  /** The days since 1970 of the calendar in the shop. */
  dayNumber(instantMs: number): number {
    return Date.parse(`${this.parts.format(instantMs)}T00:00:00Z`) / DAY_MS;
  }

  /** @param expected an order's `estimatedDate`: a date, which ends with its day, or a moment */
  due(expected: string, now: number): Due {
    const isDate = DATE_ONLY.test(expected);
    const days = this.dayOf(expected) - this.dayNumber(now);
    const isToday = days === 0;
    if (days < 0) return { kind: 'late', text: this.words.due.late(-days), isToday };
    if (isToday && isDate) return { kind: 'soon', text: this.words.due.today, isToday };
    if (isToday) {
      const time = this.time(expected);
      const isLate = Date.parse(expected) < now;
      if (isLate) return { kind: 'late', text: this.words.due.lateSince(time), isToday };
      return { kind: 'soon', text: this.words.due.todayAt(time), isToday };
    }
    if (days === 1) return { kind: 'soon', text: this.words.due.tomorrow, isToday };
    return { kind: 'later', text: this.day(expected, now), isToday };
  }

  /** `Fri 4 Dec`; with the year if it is another one. */
  day(date: string, now: number): string {
    const at = DATE_ONLY.test(date) ? this.noonOf(date) : Date.parse(date);
    const weekday = this.weekday.format(at).replace('.', '');
    const year = this.yearOf(at);
    const text = `${weekday} ${this.dayMonth.format(at)}`;
    return year === this.yearOf(now) ? text : `${text} ${year}`;
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
    if (seconds < 60) return this.words.ago.seconds(seconds);
    if (seconds < 3_600) return this.words.ago.someMinutes(Math.floor(seconds / 60));
    return this.moment(instant, now);
  }

  private dayOf(date: string): number {
    return DATE_ONLY.test(date) ? Date.parse(date) / DAY_MS : this.dayNumber(Date.parse(date));
  }

  /** A moment that has this date in every inhabited time zone between UTC-11 and UTC+12, and is corrected for the others. */
  private noonOf(date: string): number {
    const noon = Date.parse(`${date}T12:00:00Z`);
    return noon + (this.dayOf(date) - this.dayNumber(noon)) * DAY_MS;
  }

  private yearOf(instantMs: number): string {
    return this.parts.format(instantMs).slice(0, 4);
  }
}
