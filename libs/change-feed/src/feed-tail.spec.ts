import { describe, expect, it } from '@jest/globals';
import { encodeChange, type PublishedChange } from './change.js';
import { aChange } from './change-feed.contract.js';
import { type FeedGap } from './change-feed.js';
import { FeedTail } from './feed-tail.js';

const EPOCH = 'e1';

/** A log whose deliveries the test makes by hand. */
function scene() {
  const log: PublishedChange[] = [];
  const seen: number[] = [];
  const gaps: FeedGap[] = [];
  const state = { epoch: EPOCH, failures: 0, trimmedTo: 0 };
  const read = (after: number, limit: number) => {
    if (state.failures-- > 0) return Promise.reject(new Error('away'));
    const head = log.length > 0 ? { epoch: state.epoch, seq: log.length } : undefined;
    const left = log.filter(({ position }) => position.seq > Math.max(after, state.trimmedTo));
    return Promise.resolve({ head, changes: left.slice(0, limit) });
  };
  const reset = (epoch: string) => {
    if (epoch === state.epoch) log.length = 0;
    return Promise.resolve();
  };
  const tail = new FeedTail(
    { read, reset: (epoch = state.epoch) => reset(epoch) },
    { onChange: ({ position }) => seen.push(position.seq), onGap: (gap) => gaps.push(gap) },
  );
  const write = () => {
    const change = aChange('a', log.length + 1);
    const position = { epoch: state.epoch, seq: log.length + 1 };
    const published = { ...change, position, text: encodeChange(change) };
    log.push(published);
    return published;
  };
  return { tail, seen, gaps, state, write, log };
}

describe('FeedTail', () => {
  it('passes on successors at once', async () => {
    const { tail, seen, write } = scene();
    await tail.catchUp();
    tail.receive(write());
    tail.receive(write());
    expect(seen).toEqual([1, 2]);
  });

  it('reads lost changes before it goes on', async () => {
    const { tail, seen, gaps, write } = scene();
    await tail.catchUp();
    tail.receive(write());
    write();
    write();
    tail.receive(write());
    await tail.catchUp();
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(gaps).toEqual([]);
  });

  it('finds a lost first change', async () => {
    const { tail, seen, write } = scene();
    await tail.catchUp();
    write();
    tail.receive(write());
    await tail.catchUp();
    expect(seen).toEqual([1, 2]);
  });

  it('ignores repetitions and keeps what arrives while it reads', async () => {
    const { tail, seen, write } = scene();
    const [one, two] = [write(), write()];
    await tail.catchUp();
    tail.receive(one);
    tail.receive(two);
    write();
    const caughtUp = tail.catchUp();
    tail.receive(write());
    await caughtUp;
    expect(seen).toEqual([3, 4]);
  });

  it('tries again while the broker does not answer', async () => {
    const { tail, seen, state, write } = scene();
    await tail.catchUp();
    write();
    state.failures = 2;
    await tail.catchUp();
    expect(seen).toEqual([1]);
    expect(tail.current).toBe(true);
  });

  it('reads long ranges page by page', async () => {
    const { tail, seen, write } = scene();
    await tail.catchUp();
    for (let i = 0; i < 2_500; i++) write();
    await tail.catchUp();
    expect(seen).toHaveLength(2_500);
    expect(seen.at(-1)).toBe(2_500);
  });

  it('declares a gap if the log was trimmed, then goes on from its head', async () => {
    const { tail, seen, gaps, state, write } = scene();
    await tail.catchUp();
    for (let i = 0; i < 5; i++) write();
    state.trimmedTo = 3;
    await tail.catchUp();
    expect(gaps).toEqual([{ reason: 'trimmed', now: { epoch: EPOCH, seq: 5 } }]);
    tail.receive(write());
    expect(seen).toEqual([6]);
  });

  it('declares one gap if entries are missing, and none if nothing is missing', async () => {
    const { tail, seen, gaps, state, write } = scene();
    write();
    await tail.catchUp();
    state.trimmedTo = 1; // trims everything
    await tail.catchUp();
    expect(gaps).toEqual([]);
    write();
    write();
    state.trimmedTo = 3;
    await tail.catchUp();
    expect(gaps).toEqual([{ reason: 'trimmed', now: { epoch: EPOCH, seq: 3 } }]);
    state.trimmedTo = 0;
    write().position = { epoch: 'stray', seq: 4 }; // the newest entry does not belong to the feed
    await tail.catchUp();
    expect(gaps).toHaveLength(2);
    expect(tail.position?.seq).toBe(4);
    expect(seen).toEqual([]);
  });

  it('goes on at the beginning of a new epoch', async () => {
    const { tail, seen, gaps, state, write, log } = scene();
    write();
    await tail.catchUp();
    log.length = 0;
    state.epoch = 'e2';
    write();
    write();
    await tail.catchUp();
    expect(gaps).toEqual([{ reason: 'new-epoch', now: { epoch: 'e2', seq: 0 } }]);
    expect(seen).toEqual([1, 2]);
    expect(tail.position).toEqual({ epoch: 'e2', seq: 2 });
  });

  it('declares a gap if the log is gone', async () => {
    const { tail, seen, gaps, write, log } = scene();
    write();
    await tail.catchUp();
    log.length = 0;
    await tail.catchUp();
    expect(gaps).toEqual([{ reason: 'new-epoch', now: undefined }]);
    tail.receive(write());
    expect(seen).toEqual([1]);
  });

  it.each<[string, number]>([
    ['ends before the last change', 0],
    ['has another change in its place', 1],
    ['has grown past it', 5],
  ])('ends the epoch of a log that was rewound and %s', async (_how, rewritten) => {
    const { tail, seen, gaps, write, log } = scene();
    for (let i = 0; i < 3; i++) write();
    await tail.catchUp();
    log.length = 2;
    for (let i = 0; i < rewritten; i++) write().text = 'rewritten';
    await tail.catchUp();
    expect(log).toEqual([]);
    expect(gaps).toEqual([{ reason: 'new-epoch', now: undefined }]);
    expect(seen).toEqual([]);
  });
});
