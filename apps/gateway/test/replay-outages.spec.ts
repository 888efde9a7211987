import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fromTo, replayScene } from './replay-scene.js';

const NOT_RECOVERED = [{ recovered: false, replayed: 0 }];
const recovered = (replayed: number) => [{ recovered: true, replayed }];

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a client that has received changes before this replica has', () => {
  const scene = async () => {
    const { feed, write, at, comeBack } = await replayScene();
    await write(2);
    feed.isLate = true;
    await write(3);
    return { feed, ...comeBack(at(4)) };
  };

  it('waits until this replica has caught up, and is sent what follows', async () => {
    const { feed, results, seqs, done } = await scene();
    await jest.advanceTimersByTimeAsync(4_900);
    expect(results).toEqual([]);
    feed.deliverLate();
    await done;
    expect(seqs).toEqual([5]);
    expect(results).toEqual(recovered(1));
    expect(jest.getTimerCount()).toBe(0);
  });

  it('goes live unrecovered when this replica does not catch up within 5 s', async () => {
    const { results, seqs, done } = await scene();
    await jest.advanceTimersByTimeAsync(4_999);
    expect(results).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await done;
    expect(seqs).toEqual([]);
    expect(results).toEqual(NOT_RECOVERED);
  });

  it('also waits when they are of an epoch that this replica does not know yet', async () => {
    const { feed, write, at, comeBack } = await replayScene();
    await write(10);
    feed.isLate = true;
    await feed.reset();
    await write(3);
    const { results, seqs, done } = comeBack(at(2));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(results).toEqual([]);
    feed.deliverLate();
    await done;
    expect(seqs).toEqual([3]);
    expect(results).toEqual(recovered(1));
  });

  it('stops waiting once their epoch has ended', async () => {
    const { feed, results, done } = await scene();
    await jest.advanceTimersByTimeAsync(100);
    await feed.reset();
    feed.deliverLate();
    await done;
    expect(results).toEqual(NOT_RECOVERED);
  });
});

describe('while Redis is away', () => {
  it('a client waits, and is sent what it missed once Redis is back', async () => {
    const { feed, at, comeBack } = await replayScene({ earlier: 10 });
    feed.answersLeft = 0;
    const { results, seqs, done } = comeBack(at(5));
    await jest.advanceTimersByTimeAsync(4_800);
    expect(results).toEqual([]);
    expect(feed.reads).toBeLessThanOrEqual(25); // 5 a second
    feed.answersLeft = Infinity;
    await jest.advanceTimersByTimeAsync(200);
    await done;
    expect(seqs).toEqual(fromTo(6, 10));
    expect(results).toEqual(recovered(5));
  });

  it('a client is told after 5 s to fetch its orders', async () => {
    const { feed, at, comeBack } = await replayScene({ earlier: 10 });
    feed.answersLeft = 0;
    const { results, seqs, done } = comeBack(at(5));
    await jest.advanceTimersByTimeAsync(5_000);
    await done;
    expect(seqs).toEqual([]);
    expect(results).toEqual(NOT_RECOVERED);
  });

  it('a client also waits when Redis goes away between two pages of what it missed', async () => {
    const { feed, at, comeBack } = await replayScene({ earlier: 250 });
    feed.answersLeft = 1;
    const { results, seqs, done } = comeBack(at(5));
    await jest.advanceTimersByTimeAsync(1_000);
    expect(results).toEqual([]);
    feed.answersLeft = Infinity;
    await jest.advanceTimersByTimeAsync(200);
    await done;
    expect(seqs).toEqual(fromTo(6, 250));
  });

  it('a client is still sent what the recent changes contain', async () => {
    const { feed, write, at, comeBack } = await replayScene({ earlier: 10 });
    await write(5);
    feed.answersLeft = 0;
    const { results, done } = comeBack(at(10));
    await done;
    expect(results).toEqual(recovered(5));
  });

  it('a client with a position of another epoch is not treated as up to date', async () => {
    const { feed, write, at, comeBack } = await replayScene();
    await write(10);
    feed.answersLeft = 0;
    const { results, done } = comeBack({ ...at(10), epoch: 'another' });
    await jest.advanceTimersByTimeAsync(1_000);
    expect(results).toEqual([]);
    feed.answersLeft = Infinity;
    await jest.advanceTimersByTimeAsync(200);
    await done;
    expect(results).toEqual(NOT_RECOVERED);
  });

  it('the replay of a client that goes away ends', async () => {
    const { feed, at, comeBack } = await replayScene({ earlier: 10 });
    feed.answersLeft = 0;
    const { client, results, seqs, done } = comeBack(at(5));
    await jest.advanceTimersByTimeAsync(1_000);
    client.conn.lose();
    feed.answersLeft = Infinity;
    await jest.advanceTimersByTimeAsync(200);
    await done;
    expect(seqs).toEqual([]);
    expect(results).toMatchObject([{ recovered: false }]);
  });
});
