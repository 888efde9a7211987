import { describe, expect, it } from '@jest/globals';
import { Dates } from './dates.js';
import { english } from './english.js';
import { german } from './german.js';

const NOW = Date.parse('2026-11-25T13:32:00Z');
const inEnglish = new Dates(english, 'Europe/Berlin');
const inGerman = new Dates(german, 'Europe/Berlin');

describe('the expected date', () => {
  it.each([
    ['2026-11-22', 'late', '3 days late', '3 Tage zu spät'],
    ['2026-11-24', 'late', '1 day late', '1 Tag zu spät'],
    ['2026-11-25', 'soon', 'today', 'heute'],
    ['2026-11-26', 'soon', 'tomorrow', 'morgen'],
    ['2026-12-04', 'later', 'Fri 4 Dec', 'Fr 4. Dez.'],
    ['2027-01-04', 'later', 'Mon 4 Jan 2027', 'Mo 4. Jan. 2027'],
    ['2026-11-25T12:00:00+01:00', 'late', 'late since 12:00', 'zu spät seit 12:00'],
    ['2026-11-25T16:00:00Z', 'soon', 'today, 17:00', 'heute, 17:00'],
    ['2026-11-25T23:30:00Z', 'soon', 'tomorrow', 'morgen'],
  ])('%s is said in words', (expected, kind, text, words) => {
    expect(inEnglish.due(expected, NOW)).toMatchObject({ kind, text });
    expect(inGerman.due(expected, NOW).text).toBe(words);
  });

  it('is late from midnight on in the time zone of the shop', () => {
    const midnight = Date.parse('2026-11-25T23:00:00Z');
    expect(inEnglish.due('2026-11-25', midnight - 1).kind).toBe('soon');
    expect(inEnglish.due('2026-11-25', midnight).kind).toBe('late');
  });

  it.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago'])('has the same day in %s', (timeZone) => {
    expect(new Dates(english, timeZone).day('2026-12-04', NOW)).toBe('Fri 4 Dec');
  });
});

describe('times', () => {
  it.each([
    ['2026-11-25T13:31:59Z', 'now', '14:31', 'just now'],
    ['2026-11-25T13:31:30Z', 'now', '14:31', '30 s ago'],
    ['2026-11-25T13:28:00Z', '4 min', '14:28', '4 min ago'],
    ['2026-11-25T10:30:00Z', '3 h', '11:30', '11:30'],
    ['2026-11-24T21:30:00Z', 'yesterday', 'Tue 24 Nov, 22:30', 'Tue 24 Nov, 22:30'],
    ['2026-11-09T08:00:00Z', 'Mon 9 Nov', 'Mon 9 Nov, 09:00', 'Mon 9 Nov, 09:00'],
  ])('%s is told as briefly as it can be', (instant, ago, moment, inSentence) => {
    expect(inEnglish.ago(instant, NOW)).toBe(ago);
    expect(inEnglish.moment(instant, NOW)).toBe(moment);
    expect(inEnglish.inSentence(instant, NOW)).toBe(inSentence);
  });
});

it('writes numbers as the language does', () => {
  expect([inEnglish.number(24_000), inGerman.number(24_000)]).toEqual(['24,000', '24.000']);
});

describe('a date that has moved', () => {
  it.each([
    ['2026-12-03', '2026-12-04', ['Thu 3', 'Fri 4 Dec'], ['Do 3.', 'Fr 4. Dez.']],
    ['2026-11-30', '2026-12-04', ['Mon 30 Nov', 'Fri 4 Dec'], ['Mo 30. Nov.', 'Fr 4. Dez.']],
    ['2026-12-03', '2027-12-03', ['Thu 3 Dec', 'Fri 3 Dec 2027'], ['Do 3. Dez.', 'Fr 3. Dez. 2027']],
    ['2027-12-03', '2027-12-02', ['Fri 3', 'Thu 2 Dec 2027'], ['Fr 3.', 'Do 2. Dez. 2027']],
    ['2026-12-04T09:00:00Z', '2026-12-04T13:00:00Z', ['Fri 4 Dec, 10:00', 'Fri 4 Dec, 14:00'], undefined],
  ])('from %s to %s names no month twice', (from, to, english, german) => {
    expect(inEnglish.move(from, to, NOW)).toEqual(english);
    if (german) expect(inGerman.move(from, to, NOW)).toEqual(german);
  });

  it('has moved by days of the calendar', () => {
    expect(inEnglish.dayOf('2026-12-04T22:30:00Z') - inEnglish.dayOf('2026-12-03')).toBe(1);
    expect(inEnglish.dayOf('2026-12-04T23:30:00Z') - inEnglish.dayOf('2026-12-03')).toBe(2);
  });
});
