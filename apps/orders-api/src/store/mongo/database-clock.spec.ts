import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DatabaseClock } from './database-clock.js';

const DATABASE_MS = Date.parse('2026-11-23T10:00:00.000Z');

const primary = (ms: number) => ({ reply: { isWritablePrimary: true, localTime: new Date(ms) }, duration: 0 });

describe('DatabaseClock', () => {
  let clock: DatabaseClock;

  beforeEach(() => {
    jest.useFakeTimers({ now: DATABASE_MS + 3_600_000 }); // this machine is an hour ahead
    clock = new DatabaseClock();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('has the clock of this machine before it has heard of another', () => {
    expect(clock.now().getTime()).toBe(Date.now());
  });

  it('tells the time of the database, and counts on between heartbeats', () => {
    clock.record(primary(DATABASE_MS));
    expect(clock.now().getTime()).toBe(DATABASE_MS);
    jest.advanceTimersByTime(7_000);
    expect(clock.now().getTime()).toBe(DATABASE_MS + 7_000);
  });

  it('does not move when the clock of this machine is set', () => {
    clock.record(primary(DATABASE_MS));
    for (const ms of [0, DATABASE_MS - 3_600_000, DATABASE_MS + 7_200_000]) {
      jest.setSystemTime(ms);
      expect(clock.now().getTime()).toBe(DATABASE_MS);
    }
  });

  it('is not put back by a reply that was read late', () => {
    clock.record(primary(DATABASE_MS));
    jest.advanceTimersByTime(12_000);
    clock.record(primary(DATABASE_MS + 10_000));
    expect(clock.now().getTime()).toBe(DATABASE_MS + 12_000);
  });

  it('follows the database when its clock is set', () => {
    clock.record(primary(DATABASE_MS));
    for (let i = 1; i <= 3; i++) {
      jest.advanceTimersByTime(10_000);
      clock.record(primary(DATABASE_MS - 3_600_000 + i * 10_000));
    }
    expect(clock.now().getTime()).toBe(DATABASE_MS - 3_600_000 + 30_000);
  });

  it.each([
    ['a secondary', { isWritablePrimary: false, localTime: new Date(0) }],
    ['a server that tells no time', { isWritablePrimary: true }],
  ])('ignores %s', (_what, reply) => {
    clock.record(primary(DATABASE_MS));
    clock.record({ reply, duration: 0 });
    expect(clock.now().getTime()).toBe(DATABASE_MS);
  });
});
