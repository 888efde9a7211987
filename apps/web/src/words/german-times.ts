import { type TimeWords } from './words.js';

/** The German word for this many things. */
export const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** How dates and times are said in German, on every page. */
export const germanTimes: TimeWords = {
  locale: 'de-DE',
  due: {
    late: (days) => counted(days, 'Tag zu spät', 'Tage zu spät'),
    lateSince: (time) => `zu spät seit ${time}`,
    today: 'heute',
    todayAt: (time) => `heute, ${time}`,
    tomorrow: 'morgen',
    none: 'ohne Termin',
  },
  ago: {
    now: 'jetzt',
    minutes: (count) => `${count} min`,
    hours: (count) => `${count} h`,
    yesterday: 'gestern',
    justNow: 'gerade eben',
    seconds: (count) => `vor ${count} s`,
    someMinutes: (count) => `vor ${count} min`,
  },
};
