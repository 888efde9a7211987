import { describe, expect, it } from '@jest/globals';
import { beginningOf, endOf, isTimeZone } from './time-zones.js';

describe('a date in a time zone', () => {
  it.each([
    ['UTC', '2026-12-24', '2026-12-24T00:00:00.000Z', '2026-12-24T23:59:59.999Z'],
    ['Europe/Berlin', '2026-12-24', '2026-12-23T23:00:00.000Z', '2026-12-24T22:59:59.999Z'],
    ['Asia/Kolkata', '2026-12-24', '2026-12-23T18:30:00.000Z', '2026-12-24T18:29:59.999Z'],
    // The clocks go forward at 2:00, or back at 3:00.
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z'],
    // They go forward at 0:00, so that the day begins at 1:00.
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z', '2026-09-07T02:59:59.999Z'],
    // They go back from 0:00 to 23:00, so that the day before has 25 hours.
    ['America/Santiago', '2026-04-04', '2026-04-04T03:00:00.000Z', '2026-04-05T03:59:59.999Z'],
    // This day was left out.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00.000Z', '2011-12-30T09:59:59.999Z'],
    ['Pacific/Apia', '2011-12-31', '2011-12-30T10:00:00.000Z', '2011-12-31T09:59:59.999Z'],
  ])('%s %s begins and ends with the day', (timeZone, date, begins, ends) => {
    expect(beginningOf(date, timeZone).toISOString()).toBe(begins);
    expect(endOf(date, timeZone).toISOString()).toBe(ends);
  });

  it.each(['0000-01-01', '0099-12-31', '1850-06-01', '9999-12-31'])('%s has a beginning and an end', (date) => {
    for (const timeZone of ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Kiritimati']) {
      const lengthMs = endOf(date, timeZone).getTime() - beginningOf(date, timeZone).getTime();
      expect(lengthMs).toBe(24 * 60 * 60 * 1_000 - 1);
    }
  });
});

it('has the same days again, after many others and in each time zone', () => {
  const ends = () => ['UTC', 'Europe/Berlin'].map((timeZone) => endOf('2026-12-24', timeZone).toISOString());
  const expected = ['2026-12-24T23:59:59.999Z', '2026-12-24T22:59:59.999Z'];
  expect([ends(), ends()]).toEqual([expected, expected]);
  for (let year = 1_000; year < 3_100; year++) beginningOf(`${year}-06-01`, 'UTC');
  expect(ends()).toEqual(expected);
});

it('takes a time as it is, in every time zone', () => {
  const text = '2026-12-24T12:00:00+01:00';
  expect([beginningOf(text, 'Asia/Tokyo'), endOf(text, 'Asia/Tokyo')]).toEqual([new Date(text), new Date(text)]);
});

it.each([
  ['UTC', true],
  ['Europe/Berlin', true],
  ['Berlin', false],
  ['', false],
])('knows whether %j is a time zone', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});
