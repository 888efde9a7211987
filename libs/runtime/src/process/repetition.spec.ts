import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Repetition } from './repetition.js';

describe('Repetition', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Work that takes 300 ms, with a pause of 1 s. */
  function scene() {
    const begun: number[] = [];
    const start = performance.now();
    const repetition = new Repetition(async () => {
      begun.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }, 1_000);
    return { repetition, begun };
  }

  it('begins at once, and again after each pause', async () => {
    const { repetition, begun } = scene();
    repetition.start();
    await jest.advanceTimersByTimeAsync(3_000);
    expect(begun).toEqual([0, 1_300, 2_600]);
    repetition.stop();
  });

  it.each([
    ['during a pause', 1_000],
    ['during the work', 100],
  ])('ends when it is stopped %s', async (_when, stoppedAfterMs) => {
    const { repetition, begun } = scene();
    repetition.start();
    await jest.advanceTimersByTimeAsync(stoppedAfterMs);
    repetition.stop();
    await jest.advanceTimersByTimeAsync(10_000);
    expect(begun).toEqual([0]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
