import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Allowance } from './allowance.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A burst of 4 s. */
const anAllowance = () => new Allowance({ perSecond: 100, burst: 400 });

it('lets a burst pass, then makes the peer wait for what is overdrawn', () => {
  const allowance = anAllowance();
  allowance.spend(400);
  expect(allowance.waitMs).toBe(0);
  allowance.spend(50);
  expect(allowance.waitMs).toBe(500);
  jest.advanceTimersByTime(499);
  expect(allowance.waitMs).toBeCloseTo(1);
  jest.advanceTimersByTime(1);
  expect(allowance.waitMs).toBe(0);
});

it('never allows more than a burst, however long the peer was silent', () => {
  const allowance = anAllowance();
  jest.advanceTimersByTime(3_600_000);
  allowance.spend(410);
  expect(allowance.waitMs).toBeCloseTo(100);
});

it('knows for how long a peer has sent more as soon as it might', () => {
  const allowance = anAllowance();
  for (let i = 0; i < 20; i++) {
    allowance.spend(500);
    jest.advanceTimersByTime(allowance.waitMs);
  }
  expect(allowance.overForMs).toBeGreaterThan(90_000);
});

it('forgets it once the peer has used no more than half a burst', () => {
  const allowance = anAllowance();
  allowance.spend(500);
  jest.advanceTimersByTime(3_000);
  allowance.spend(1);
  expect(allowance.overForMs).toBe(0);
});
