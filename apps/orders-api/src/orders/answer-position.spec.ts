import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { InMemoryChangeFeed, type Change } from '@galley/change-feed';
import { formatPosition, parsePosition, type Position } from '@galley/contracts';
import { InMemoryFeedWitness } from '../store/in-memory-feed-witness.js';
import { AnswerPosition } from './answer-position.js';

const changeOf = (revision: number): Change => ({
  ...{ type: 'updated', orderId: 'a', customerId: 'ana', revision },
  ...{ timestamp: '2026-11-23T10:00:00.000Z', event: '{}', order: '{}' },
});

describe('the position of an answer', () => {
  let feed: InMemoryChangeFeed;
  let witness: InMemoryFeedWitness;
  let position: AnswerPosition;

  beforeEach(() => {
    jest.useFakeTimers();
    recorded = undefined;
    feed = new InMemoryChangeFeed();
    witness = new InMemoryFeedWitness();
    position = new AnswerPosition(feed, witness);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const append = async (revision: number): Promise<Position> => (await feed.append([changeOf(revision)])).head;
  let recorded: Position | undefined;
  const publish = async (revision: number) => {
    const head = await append(revision);
    expect(await witness.record(head, recorded)).toBe(true);
    recorded = head;
    return formatPosition(head);
  };

  it('is absent while nothing was ever published', async () => {
    expect(await position.current()).toBeUndefined();
  });

  it('is the newest one that the store has recorded, not one that is only in the feed', async () => {
    const recorded = await publish(1);
    await append(2);
    expect(await position.current()).toBe(recorded);
  });

  it('is kept for 100 ms, and asked for once by all who ask meanwhile', async () => {
    const first = await publish(1);
    const asked = jest.spyOn(witness, 'newest');
    expect(await Promise.all([position.current(), position.current()])).toEqual([first, first]);
    const second = await publish(2);
    expect(await position.current()).toBe(first);
    expect(asked).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(101);
    expect(await position.current()).toBe(second);
  });

  it('is the start of an epoch in which nothing was published yet, and none of the epoch before', async () => {
    await publish(1);
    await feed.reset();
    const current = parsePosition((await position.current()) ?? '');
    expect(current).toEqual(await feed.head());
    expect(current?.seq).toBe(0);
  });

  it('is absent while Redis is away, or does not answer within 100 ms', async () => {
    await publish(1);
    const head = jest.spyOn(feed, 'head').mockRejectedValueOnce(new Error('away'));
    expect(await position.current()).toBeUndefined();
    jest.advanceTimersByTime(101);
    head.mockReturnValueOnce(new Promise(() => undefined));
    const waiting = position.current();
    await jest.advanceTimersByTimeAsync(100);
    expect(await waiting).toBeUndefined();
  });
});
