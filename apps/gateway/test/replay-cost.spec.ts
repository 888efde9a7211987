import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type Principal } from '@galley/access';
import { rooms } from '@galley/contracts';
import { setAddress } from '../src/connections/engine-internals.js';
import { fromTo, replayScene, seqsIn } from './replay-scene.js';
import { StandInConnection, StandInSocket } from './stand-in-connection.js';

const recovered = (replayed: number) => [{ recovered: true, replayed }];

const turnOfTheEventLoop = () => new Promise((resolve) => setImmediate(resolve));

const aCustomer = (sub: string): Principal => ({ role: 'customer', sub });

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** Counts the entries that are read from memory. */
function countReads() {
  const toString = jest.spyOn(Buffer.prototype, 'toString');
  return () => toString.mock.calls.filter(([encoding, start]) => encoding === 'utf8' && start !== undefined).length;
}

describe('a client that comes back from 9,900 changes ago costs what it is sent', () => {
  const DISTANCE = 9_900;
  const scene = async (isRecent: boolean, own: number) => {
    const part = isRecent ? {} : { earlier: DISTANCE - own };
    const { feed, write, at, comeBack } = await replayScene({ ...part, replayLimit: 10_000 });
    if (isRecent) await write(DISTANCE - own);
    await write(own, 'mine');
    return { feed, write, at, comeBack };
  };

  it.each([
    ['nothing of its own', 0, [rooms.customer('ben')]],
    ['nothing, as it follows 100 other orders', 0, fromTo(1, 100).map((i) => rooms.order(`other-${i}`))],
    ["nothing of another customer's order", 0, [rooms.customerOrder('ben', 'a')]],
    ['one change', 1, [rooms.order('mine')]],
    ['150 changes', 150, [rooms.customerOrder('ana', 'mine')]],
  ])('among the recent changes: %s', async (_what, own, names) => {
    const { at, comeBack } = await scene(true, own);
    const reads = countReads();
    const { results, seqs, done } = comeBack(at(0), { rooms: names });
    await done;
    expect(results).toEqual(recovered(own));
    expect(seqs).toEqual(fromTo(DISTANCE - own + 1, DISTANCE));
    expect(reads()).toBeLessThanOrEqual(own + 10);
  });

  it('in the log: nothing of its own, once another client has come back', async () => {
    const { feed, at, comeBack } = await scene(false, 0);
    await comeBack(at(3), { rooms: [rooms.customer('ben')] }).done;
    expect(feed.reads).toBe(DISTANCE / 100);
    const reads = countReads();
    const { results, done } = comeBack(at(7), { rooms: [rooms.customer('cleo')] });
    await done;
    expect(results).toEqual(recovered(0));
    expect(feed.reads).toBe(DISTANCE / 100);
    expect(reads()).toBeLessThanOrEqual((3 * DISTANCE) / 100); // to see that each page goes on after the one before
  });
});

describe('clients that come back together', () => {
  it('read each page of the log once, wherever they are', async () => {
    const { feed, at, comeBack } = await replayScene({ earlier: 1_000 });
    const clients = fromTo(1, 100).map((i) => ({ since: (i * 37) % 1_000, i }));
    const returned = clients.map(({ since, i }) => ({
      since,
      ...comeBack(at(since), { rooms: i % 3 === 0 ? [rooms.customer('ana')] : ['orders'] }),
    }));
    await Promise.all(returned.map(({ done }) => done));
    for (const { since, seqs, results } of returned) {
      expect(seqs).toEqual(fromTo(since + 1, 1_000));
      expect(results).toEqual(recovered(1_000 - since));
    }
    expect(feed.reads).toBeLessThanOrEqual(11); // the first page twice: for the first client, and for all others
  });

  it('are served from memory by a replica that has just started, also while Redis is away', async () => {
    const { feed, at, comeBack, write } = await replayScene({ earlier: 1_000, isFilled: true });
    await write(5); // comes while the recent changes are filled
    await turnOfTheEventLoop();
    const { reads } = feed;
    feed.answersLeft = 0;
    const returned = fromTo(5, 100).map((since) => ({ since, ...comeBack(at(since)) }));
    await Promise.all(returned.map(({ done }) => done));
    for (const { since, seqs } of returned) expect(seqs).toEqual(fromTo(since + 1, 1_005));
    expect(feed.reads).toBe(reads);
  });

  it('lose nothing if the epoch ends while the recent changes are filled', async () => {
    const { feed, at, comeBack, write } = await replayScene({ earlier: 1_000, isFilled: true });
    const old = at(900);
    await feed.reset();
    await write(5, 'b');
    await turnOfTheEventLoop();
    const [before, after] = [comeBack(old), comeBack(at(2))];
    await Promise.all([before.done, after.done]);
    expect(before.results).toEqual([{ recovered: false, replayed: 0 }]);
    expect(after.seqs).toEqual([3, 4, 5]);
  });

  it('get the rest of a page that others get whole, also when they poll', async () => {
    const { write, at, comeBack } = await replayScene();
    await write(90);
    await comeBack(at(0)).done;
    for (const since of [0, 1, 57, 89]) {
      const client = new StandInSocket(undefined, new StandInConnection('polling'));
      await comeBack(at(since), { client }).done;
      expect(client.conn.poll().flatMap(seqsIn)).toEqual(fromTo(since + 1, 90));
      const { seqs, done } = comeBack(at(since));
      await done;
      expect(seqs).toEqual(fromTo(since + 1, 90));
    }
  });

  it('are refused one by one if their position is of another log, though they share a page', async () => {
    const { at, comeBack } = await replayScene({ earlier: 200 });
    const returned = fromTo(10, 190).map((seq) => ({
      isForked: seq % 2 === 0,
      ...comeBack(seq % 2 === 0 ? { ...at(seq), digest: '0123456789abcdef' } : at(seq)),
    }));
    await Promise.all(returned.map(({ done }) => done));
    for (const { isForked, results, seqs } of returned) {
      expect(results).toMatchObject([{ recovered: !isForked }]);
      if (isForked) expect(seqs).toEqual([]);
    }
  });

  it('leave nothing behind when they go away meanwhile', async () => {
    const { feed, at, comeBack, write } = await replayScene({ earlier: 300, messageLength: 1_000 });
    const stalled = fromTo(1, 20).map((since) => {
      const client = new StandInSocket();
      client.conn.tcp.stall();
      return comeBack(at(since), { client });
    });
    const polling = fromTo(1, 20).map((since) => {
      const client = new StandInSocket(undefined, new StandInConnection('polling'));
      return comeBack(at(since), { client });
    });
    await jest.advanceTimersByTimeAsync(100);
    const [listening] = stalled.map(({ client }) => client.conn.tcp.listenerCount('drain'));
    expect(listening).toBe(1);
    const reads = feed.reads;
    for (const { client } of [...stalled, ...polling]) client.conn.lose();
    await Promise.all([...stalled, ...polling].map(({ done }) => done));
    for (const { client, results } of [...stalled, ...polling]) {
      expect(results).toMatchObject([{ recovered: false }]);
      expect(client.conn.listenerCount('drain') + client.conn.tcp.listenerCount('drain')).toBe(0);
    }
    await write(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(feed.reads).toBe(reads);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('while 50 connections of one user come back from 2,000 changes ago', () => {
  const aSocketOf = (sub: string) => new StandInSocket(aCustomer(sub));
  const aSocketFrom = (address: string) => {
    const socket = new StandInSocket();
    setAddress(socket.conn.asConnection, address);
    return socket;
  };
  const scene = async (greedySocket = () => aSocketOf('ana')) => {
    const { write, at, comeBack, follower } = await replayScene({ replayLimit: 10_000, messageLength: 500 });
    await write(2_000);
    jest.useRealTimers(); // the time of a turn counts
    const greedy = fromTo(1, 50).map((since) => comeBack(at(since), { client: greedySocket() }));
    return { write, at, comeBack, follower, greedy };
  };

  it.each([
    ['user', () => aSocketOf('ana'), aSocketOf('ben')],
    ['address in open mode', () => aSocketFrom('192.0.2.1'), aSocketFrom('192.0.2.2')],
  ])('another %s who missed 10 changes is done before any of them', async (_who, greedySocket, client) => {
    const { at, comeBack, greedy } = await scene(greedySocket);
    const { results, done } = comeBack(at(1_990), { client });
    await done;
    expect(results).toEqual(recovered(10));
    expect(greedy.filter(({ results: { length } }) => length > 0)).toEqual([]);
    await Promise.all(greedy.map(({ done }) => done));
    for (const { results } of greedy) expect(results).toMatchObject([{ recovered: true }]);
  });

  it('the event loop turns, so that live changes are sent', async () => {
    const { greedy, write, follower } = await scene();
    let turns = 0;
    const count = () => {
      turns++;
      if (greedy.some(({ results }) => results.length === 0)) setImmediate(count);
    };
    setImmediate(count);
    await turnOfTheEventLoop();
    await write(1);
    expect(follower.head?.seq).toBe(2_001);
    await Promise.all(greedy.map(({ done }) => done));
    expect(turns).toBeGreaterThan(10);
  });
});
