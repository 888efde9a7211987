import { describe, expect, it } from '@jest/globals';
import { type Position } from '@galley/contracts';
import { type PublishedChange } from './change.js';
import { aChange } from './change-feed.contract.js';
import { type FeedGap } from './change-feed.js';
import { type FeedPage } from './feed-page.js';
import { FeedTail, type FeedMessage } from './feed-tail.js';
import { InMemoryChangeFeed } from './in-memory-change-feed.js';

/** A log that can be away. */
class UnsteadyFeed extends InMemoryChangeFeed {
  failures = 0;

  override read(after: Position, limit: number): Promise<FeedPage> {
    return this.failures-- > 0 ? Promise.reject(new Error('away')) : super.read(after, limit);
  }
}

/** A log whose deliveries the test makes by hand. */
function scene(history = 100_000) {
  const feed = new UnsteadyFeed(history);
  const seen: number[] = [];
  const gaps: FeedGap[] = [];
  const tail = new FeedTail(feed, {
    onChange: ({ position }) => seen.push(position.seq),
    onGap: (gap) => gaps.push(gap),
  });
  const published: PublishedChange[] = [];
  feed.subscribe({ onChange: (change) => published.push(change), onGap: () => undefined });
  /** Appends changes. @returns the message that tells of them */
  const write = async (count = 1, orderId = 'a'): Promise<FeedMessage> => {
    published.length = 0;
    const { head: before } = await feed.append([]);
    await feed.append(Array.from({ length: count }, (_, i) => aChange(orderId, before.seq + i + 1)));
    return { before, changes: [...published] };
  };
  return { feed, tail, seen, gaps, write };
}

describe('FeedTail', () => {
  it('passes on messages that follow at once', async () => {
    const { tail, seen, write } = scene();
    await tail.catchUp();
    tail.receive(await write());
    tail.receive(await write(2));
    expect(seen).toEqual([1, 2, 3]);
  });

  it('reads lost changes before it goes on', async () => {
    const { tail, seen, gaps, write } = scene();
    await tail.catchUp();
    tail.receive(await write());
    await write(2);
    tail.receive(await write());
    await tail.catchUp();
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(gaps).toEqual([]);
  });

  it('finds a lost first change', async () => {
    const { tail, seen, write } = scene();
    await tail.catchUp();
    await write();
    tail.receive(await write());
    await tail.catchUp();
    expect(seen).toEqual([1, 2]);
  });

  it('ignores repetitions and keeps what arrives while it reads', async () => {
    const { tail, seen, write } = scene();
    const [one, two] = [await write(), await write(2)];
    await tail.catchUp();
    tail.receive(one);
    tail.receive(two);
    await write();
    const last = await write();
    const caughtUp = tail.catchUp();
    tail.receive(last);
    await caughtUp;
    expect(seen).toEqual([4, 5]);
  });

  it('delivers only the rest of a message that it knows in part', async () => {
    const { tail, seen, write } = scene();
    await write(2);
    await tail.catchUp();
    const message = await write(3);
    tail.receive({ ...message, changes: message.changes.slice(0, 1) });
    tail.receive(message);
    expect(seen).toEqual([3, 4, 5]);
  });

  it('tries again while the broker does not answer', async () => {
    const { feed, tail, seen, write } = scene();
    await write();
    await tail.catchUp();
    await write();
    feed.failures = 2;
    await tail.catchUp();
    expect(seen).toEqual([2]);
    expect(tail.current).toBe(true);
  });

  it('reads long ranges page by page', async () => {
    const { tail, seen, write } = scene();
    await tail.catchUp();
    await write(2_500);
    await tail.catchUp();
    expect(seen).toHaveLength(2_500);
    expect(seen.at(-1)).toBe(2_500);
  });

  it('declares a gap if the log was trimmed, then goes on from its head', async () => {
    const { tail, seen, gaps, write } = scene(2);
    await write();
    await tail.catchUp();
    const { changes } = await write(5);
    await tail.catchUp();
    expect(gaps).toEqual([{ reason: 'trimmed', now: changes.at(-1)?.position }]);
    tail.receive(await write());
    expect(seen).toEqual([7]);
  });

  it('declares no gap if the log was trimmed right up to the last change', async () => {
    const { tail, seen, gaps, write } = scene(2);
    await write();
    await tail.catchUp();
    await write(2);
    await tail.catchUp();
    expect([seen, gaps]).toEqual([[2, 3], []]);
  });

  it('goes on at the beginning of a new epoch', async () => {
    const { feed, tail, seen, gaps, write } = scene();
    await write(3);
    await tail.catchUp();
    await feed.reset();
    const { before } = await write(2);
    await tail.catchUp();
    expect(gaps).toEqual([{ reason: 'new-epoch', now: before }]);
    expect(seen).toEqual([1, 2]);
  });

  it.each<[string, number]>([
    ['ends before the last change', 0],
    ['has another change in its place', 1],
    ['has grown past it', 5],
  ])('declares a gap if the log was rewound and %s', async (_how, rewritten) => {
    const { feed, tail, seen, gaps, write } = scene();
    await write(2);
    const goBack = feed.save();
    await write();
    await tail.catchUp();
    goBack();
    if (rewritten > 0) await write(rewritten, 'b');
    await tail.catchUp();
    const now = await feed.head();
    expect(gaps).toEqual([{ reason: 'new-epoch', now }]);
    expect(seen).toEqual([]);
    tail.receive(await write(1, 'b'));
    expect(seen).toEqual([(now?.seq ?? 0) + 1]);
  });

  it('notices by a message alone that the log was rewound', async () => {
    const { feed, tail, seen, gaps, write } = scene();
    await write(2);
    const goBack = feed.save();
    await write();
    await tail.catchUp();
    goBack();
    await write(1, 'b');
    tail.receive(await write(1, 'b'));
    await tail.catchUp();
    expect(gaps).toEqual([{ reason: 'new-epoch', now: await feed.head() }]);
    expect(seen).toEqual([]);
  });

  it('notices nothing if the same changes were appended again after a rewind', async () => {
    const { feed, tail, seen, gaps, write } = scene();
    await write(2);
    const goBack = feed.save();
    await write(2);
    await tail.catchUp();
    goBack();
    await write(2);
    tail.receive(await write());
    expect([seen, gaps]).toEqual([[5], []]);
  });
});
