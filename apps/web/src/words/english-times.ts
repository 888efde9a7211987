/** The English word for this many things. */
export const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** How dates and times are said in English, on every page. */
export const englishTimes = {
  locale: 'en-GB',
  due: {
    late: (days: number) => counted(days, 'day late', 'days late'),
    lateSince: (time: string) => `late since ${time}`,
    today: 'today',
    todayAt: (time: string) => `today, ${time}`,
    tomorrow: 'tomorrow',
    none: 'no date',
  },
  ago: {
    now: 'now',
    minutes: (count: number) => `${count} min`,
    hours: (count: number) => `${count} h`,
    yesterday: 'yesterday',
    justNow: 'just now',
    seconds: (count: number) => `${count} s ago`,
    someMinutes: (count: number) => `${count} min ago`,
  },
};
