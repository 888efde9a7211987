import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Outage } from './outage.js';

let lines: string[];
let outage: Outage;

beforeEach(() => {
  jest.useFakeTimers();
  lines = [];
  const write = (line: string) => void lines.push(line);
  outage = new Outage({ log: write, warn: write }, 'Redis is away', 'Redis is back');
});
afterEach(() => {
  jest.useRealTimers();
});

it('is told when it begins and when it is over, with its duration and the number of failures', () => {
  for (let i = 0; i < 40; i++) {
    outage.failed(`refused ${i}`);
    jest.advanceTimersByTime(100);
  }
  outage.over();
  outage.over();
  expect(lines).toEqual(['Redis is away: refused 0', 'Redis is back after 4.0 s and 40 failed attempts']);
});

it('is not told if there is none, and each is told for itself', () => {
  outage.over();
  expect(lines).toEqual([]);
  for (const reason of ['refused', 'reset']) {
    outage.failed(reason);
    outage.over();
  }
  expect(lines).toEqual([
    ...['Redis is away: refused', 'Redis is back after 0.0 s and 1 failed attempt'],
    ...['Redis is away: reset', 'Redis is back after 0.0 s and 1 failed attempt'],
  ]);
});
