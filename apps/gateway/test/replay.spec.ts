import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ANONYMOUS, type Principal } from '@galley/access';
import { rooms } from '@galley/contracts';
import { fromTo, replayScene } from './replay-scene.js';
import { StandInSocket } from './stand-in-connection.js';

const NOT_RECOVERED = [{ recovered: false, replayed: 0 }];
const recovered = (replayed: number) => [{ recovered: true, replayed }];

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a client that comes back', () => {
  it('goes live at once when it gives no position', async () => {
    const { feed, write, comeBack } = await replayScene();
    await write(3);
    const { results, seqs } = comeBack(undefined);
    expect(results).toEqual(NOT_RECOVERED);
    expect(seqs).toEqual([]);
    expect(feed.reads).toBe(0);
  });

  it('goes live at once when it has missed nothing', async () => {
    const { feed, write, at, comeBack } = await replayScene();
    await write(3);
    const { results, seqs } = comeBack(at(3));
    expect(results).toEqual(recovered(0));
    expect(seqs).toEqual([]);
    expect(feed.reads).toBe(0);
  });

  it('is sent what it missed from the recent changes when they reach back far enough', async () => {
    const { feed, write, at, comeBack } = await replayScene({ earlier: 5 });
    await write(250);
    const { results, seqs, done } = comeBack(at(5));
    await done;
    expect(seqs).toEqual(fromTo(6, 255));
    expect(results).toEqual(recovered(250));
    expect(feed.reads).toBe(0);
  });

  it('is sent what it missed from the feed when the recent changes do not reach back far enough', async () => {
    const { feed, write, at, comeBack } = await replayScene({ earlier: 250 });
    await write(20);
    const { results, seqs, done } = comeBack(at(5));
    await done;
    expect(seqs).toEqual(fromTo(6, 270));
    expect(results).toEqual(recovered(265));
    expect(feed.reads).toBeGreaterThan(0);
  });

  it('is sent only what goes to its rooms, and only that is counted', async () => {
    const { write, at, comeBack } = await replayScene();
    await write(5);
    await write(2, 'b');
    await write(3, 'c');
    await write(1, 'b');
    const ofB = comeBack(at(4), { rooms: [rooms.order('b')] });
    const ofBen = comeBack(at(4), { rooms: [rooms.customer('ben')] });
    const ofStaff = comeBack(at(4), { rooms: [rooms.orders] });
    await Promise.all([ofB.done, ofBen.done, ofStaff.done]);
    expect([ofB.seqs, ofBen.seqs, ofStaff.seqs]).toEqual([[6, 7, 11], [], fromTo(5, 11)]);
    expect([ofB.results, ofBen.results, ofStaff.results]).toEqual([recovered(3), recovered(0), recovered(7)]);
  });

  it('goes live in the same turn in which the last change is sent', async () => {
    const { write, at, comeBack } = await replayScene();
    await write(150);
    const client = new StandInSocket();
    const order: string[] = [];
    client.conn.tcp.on('taken', () => {
      order.push('sent');
      queueMicrotask(() => order.push('next turn'));
    });
    const { done } = comeBack(at(0), { client, goLive: () => order.push('live') });
    await done;
    expect(order).toEqual(['sent', 'next turn', 'sent', 'live', 'next turn']);
  });
});

describe.each([
  ['the recent ones', 0, 20],
  ['the feed', 20, 0],
])('a client that missed changes, from %s,', (_where, earlier, later) => {
  it('is sent as many as the limit allows', async () => {
    const { write, at, comeBack } = await replayScene({ earlier, replayLimit: 10 });
    await write(later);
    const { results, seqs, done } = comeBack(at(10));
    await done;
    expect(seqs).toEqual(fromTo(11, 20));
    expect(results).toEqual(recovered(10));
  });

  it('is sent none of them when they are one more than the limit', async () => {
    const { feed, write, at, comeBack } = await replayScene({ earlier, replayLimit: 10 });
    await write(later);
    const { results, seqs, done } = comeBack(at(9));
    await done;
    expect(seqs).toEqual([]);
    expect(results).toEqual(NOT_RECOVERED);
    expect(feed.reads).toBeLessThanOrEqual(1);
  });
});

describe('a client is told that it is not recovered', () => {
  it('when its position is of another epoch', async () => {
    const { write, at, comeBack } = await replayScene();
    await write(10);
    const { results, seqs, done } = comeBack({ ...at(5), epoch: 'another' });
    await done;
    expect(seqs).toEqual([]);
    expect(results).toEqual(NOT_RECOVERED);
  });

  it.each([5, 10])('when its position, at %i, is of another history of the epoch', async (seq) => {
    const { write, at, comeBack } = await replayScene();
    await write(10);
    const { results, seqs, done } = comeBack({ ...at(seq), digest: 'fedcba9876543210' });
    await done;
    expect(seqs).toEqual([]);
    expect(results).toEqual(NOT_RECOVERED);
  });

  it('when only the feed still knows that its position is of another history', async () => {
    const { at, comeBack } = await replayScene({ earlier: 10 });
    const { results, done } = comeBack({ ...at(5), digest: 'fedcba9876543210' });
    await done;
    expect(results).toEqual(NOT_RECOVERED);
  });

  it('when its position is ahead of the feed', async () => {
    const { write, at, comeBack } = await replayScene();
    await write(10);
    const { results, done } = comeBack({ ...at(10), seq: 11 });
    await done;
    expect(results).toEqual(NOT_RECOVERED);
  });

  it('when the feed is empty', async () => {
    const { comeBack } = await replayScene();
    const { results, done } = comeBack({ epoch: 'another', seq: 0, digest: '0' });
    await done;
    expect(results).toEqual(NOT_RECOVERED);
  });

  it('when the feed no longer has what follows its position', async () => {
    const { at, comeBack } = await replayScene({ earlier: 250, history: 100 });
    const [tooLate, justInTime] = [comeBack(at(149)), comeBack(at(150))];
    await Promise.all([tooLate.done, justInTime.done]);
    expect(tooLate.seqs).toEqual([]);
    expect(tooLate.results).toEqual(NOT_RECOVERED);
    expect(justInTime.results).toEqual(recovered(100));
  });
});

describe.each([
  ['the recent ones', 0, 250],
  ['the feed', 250, 0],
])('actor and note of missed changes, from %s,', (_where, earlier, later) => {
  const staffPart = { actor: { role: 'staff', sub: 'secret-sub' }, note: 'secret-note' } as const;
  const CLIENTS: [Principal, string, boolean][] = [
    [{ role: 'staff', sub: 'sam' }, rooms.orders, true],
    [{ role: 'screen', sub: 'wall' }, rooms.orders, false],
    [ANONYMOUS, rooms.orders, true],
    [{ role: 'staff', sub: 'sam' }, rooms.order('a'), true],
    [{ role: 'screen', sub: 'wall' }, rooms.order('a'), false],
    [{ role: 'tracker', sub: 'link', orderId: 'a' }, rooms.order('a'), false],
    [{ role: 'customer', sub: 'ana' }, rooms.customer('ana'), false],
    [{ role: 'customer', sub: 'ana' }, rooms.customerOrder('ana', 'a'), false],
  ];

  it('are sent to staff alone, also where others share the pages', async () => {
    const { write, at, comeBack } = await replayScene({ earlier, staffPart });
    await write(later);
    const returned = CLIENTS.map(([principal, room]) =>
      comeBack(at(0), { rooms: [room], client: new StandInSocket(principal) }),
    );
    await Promise.all(returned.map(({ done }) => done));
    for (const [i, { seqs, received }] of returned.entries()) {
      expect(seqs).toEqual(fromTo(1, 250));
      const secrets = received().match(/secret-note/g)?.length ?? 0;
      if (CLIENTS[i]?.[2]) expect(secrets).toBeGreaterThanOrEqual(250);
      else expect(received()).not.toMatch(/secret|actor|note/);
    }
  });
});
