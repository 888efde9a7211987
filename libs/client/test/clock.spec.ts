import { afterEach, expect, it, jest } from '@jest/globals';
import { systemClock } from '../src/sync/clock.js';

afterEach(() => {
  jest.restoreAllMocks();
});

it.each([
  ['what is overdue at once, by a timer that Node does not warn of', -0.01, 0],
  ['what is due later, later', 1_000, 1_000],
  ['what is due after the longest timer, at its end', 2 ** 40, 2 ** 31 - 1],
])('runs %s', (_what, delay, timerMs) => {
  const timers = jest.spyOn(globalThis, 'setTimeout');
  systemClock.after(delay, () => undefined)();
  expect(timers.mock.calls.map(([, ms]) => ms)).toEqual([timerMs]);
});
