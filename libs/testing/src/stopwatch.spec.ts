import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Stopwatch } from './stopwatch.js';

const keepBusy = (ms: number) => {
  for (const start = performance.now(); performance.now() - start < ms;);
};

it('counts what it waits for, and not what keeps it from going on', async () => {
  const watch = new Stopwatch();
  await delay(100);
  keepBusy(400);
  await delay(100);
  expect(watch.lostMs).toBeGreaterThan(300);
  expect(watch.ms).toBeGreaterThan(100);
  expect(watch.ms).toBeLessThan(400);
});
