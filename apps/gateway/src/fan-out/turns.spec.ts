import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Turns } from './turns.js';

const SLICE_MS = 1;

/** Owners whose slices take a millisecond of a clock that nothing else moves. */
function scene() {
  let now = 0;
  const turns = new Turns(() => now);
  const done: string[] = [];
  const ask = (owner: string) =>
    turns.run(owner, () => {
      now += SLICE_MS;
      done.push(owner);
      return done.length;
    });
  return { turns, done, ask };
}

it('runs a slice at once while nobody waits and there is time', () => {
  const { done, ask } = scene();
  void ask('ana');
  void ask('ben');
  expect(done).toEqual(['ana', 'ben']);
});

it('answers what each slice returns, in the order in which its owner asked', async () => {
  const { ask } = scene();
  expect(await Promise.all(Array.from({ length: 12 }, () => ask('ana')))).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  ]);
});

it('takes no more than 5 ms of a turn of the event loop', async () => {
  const { done, ask } = scene();
  const asked = Promise.all(Array.from({ length: 12 }, () => ask('ana')));
  expect(done).toHaveLength(5);
  await turnOfTheEventLoop();
  expect(done).toHaveLength(10);
  await turnOfTheEventLoop();
  expect(done).toHaveLength(12);
  await asked;
});

it('gives each owner one slice in turn, however many each asks for', async () => {
  const { done, ask } = scene();
  const ofAna = Array.from({ length: 500 }, () => ask('ana'));
  const others = [ask('ben'), ask('ben'), ask('cleo')];
  await Promise.all(others);
  expect(done.slice(5)).toEqual(['ana', 'ben', 'cleo', 'ana', 'ben', ...done.slice(10)]);
  expect(done.length).toBeLessThanOrEqual(15);
  await Promise.all(ofAna);
});

it('does not let an owner pass those who wait', async () => {
  const { done, ask } = scene();
  const first = Array.from({ length: 7 }, () => ask('ana'));
  await turnOfTheEventLoop();
  for (let i = 0; i < 10; i++) first.push(ask('ana'));
  const last = ask('ben');
  expect(done.filter((owner) => owner === 'ben')).toEqual([]);
  await last;
  expect(done.indexOf('ben')).toBeLessThanOrEqual(12);
  await Promise.all(first);
});

it('goes on after a slice that fails, at once or in its turn', async () => {
  const { turns, ask } = scene();
  const fail = () =>
    turns.run('ana', () => {
      throw new Error('failed');
    });
  await expect(fail()).rejects.toThrow('failed');
  const asked = Array.from({ length: 6 }, () => ask('ben'));
  await expect(fail()).rejects.toThrow('failed');
  await Promise.all([...asked, ask('ben')]);
});
