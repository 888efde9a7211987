import { expect, it } from '@jest/globals';
import { TurnQueue } from './turn-queue.js';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

it('runs tasks in their order, also those that they add', async () => {
  const queue = new TurnQueue();
  const ran: string[] = [];
  queue.add(() => {
    ran.push('first');
    queue.add(() => ran.push('third'));
  });
  queue.add(() => ran.push('second'));
  while (ran.length < 3) await nextTurn();
  expect(ran).toEqual(['first', 'second', 'third']);
});

it('leaves long tasks to later turns of the event loop', async () => {
  const queue = new TurnQueue();
  let ran = 0;
  const busyForMs = (milliseconds: number) => {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  };
  for (let i = 0; i < 10; i++) {
    queue.add(() => {
      busyForMs(3);
      ran++;
    });
  }
  const ranAfterEachTurn: number[] = [];
  while (ran < 10) {
    await nextTurn();
    ranAfterEachTurn.push(ran);
  }
  expect(ranAfterEachTurn.filter((count) => count > 0)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
