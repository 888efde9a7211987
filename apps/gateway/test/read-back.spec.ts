import { describe, expect, it } from '@jest/globals';
import { InMemoryChangeFeed, startOf, type PublishedChange, type Stretch } from '@galley/change-feed';
import { anUpdate, publish } from './some-changes.js';
import { readBack } from '../src/feed/read-back.js';

const COUNT = 1_200;

async function aLog(history?: number) {
  const feed = new InMemoryChangeFeed(history);
  const changes: PublishedChange[] = [];
  feed.subscribe({ onChange: (change) => changes.push(change), onGap: () => undefined });
  await publish(
    Array.from({ length: COUNT }, (_, i) => anUpdate('a', i + 1)),
    feed,
  );
  const positionAt = (seq: number) => {
    const position = changes[seq - 1]?.position;
    if (!position) throw new Error(`${seq} changes were not written`);
    return position;
  };
  const bytesOf = (first: number, last: number) =>
    changes.slice(first - 1, last).reduce((sum, { entry }) => sum + Buffer.byteLength(entry), 0);
  return { feed, changes, positionAt, bytesOf };
}

const ALL_BYTES = 10_000_000;

describe('the changes up to a position', () => {
  it.each([1, 2, 500, 501, 1_000, COUNT])('are all of them, if there is room for them, up to %i', async (upTo) => {
    const { feed, changes, positionAt } = await aLog();
    const segment = await readBack(feed, positionAt(upTo), ALL_BYTES);
    expect(segment.before).toEqual(startOf(positionAt(1).epoch));
    expect(segment.last).toEqual(positionAt(upTo));
    expect(segment.between(0, upTo)).toEqual(changes.slice(0, upTo));
  });

  it.each([0, 1, 499, 500, 501, 750, COUNT - 1])('are the last %i, if there is room for no more', async (count) => {
    const { feed, positionAt, bytesOf } = await aLog();
    const first = COUNT - count + 1;
    const segment = await readBack(feed, positionAt(COUNT), bytesOf(first, COUNT) + 1);
    expect(segment.before).toEqual(positionAt(COUNT - count));
    expect(segment.last).toEqual(positionAt(COUNT));
  });

  it.each([1, 2, 300, 500, 501, 502])(
    'are those that a log with %i changes still has, but for the first',
    async (history) => {
      const { feed, positionAt } = await aLog(history);
      const segment = await readBack(feed, positionAt(COUNT), ALL_BYTES);
      expect(segment.before).toEqual(positionAt(COUNT - history + 1));
      expect(segment.last).toEqual(positionAt(COUNT));
    },
  );

  it('are those after the last entry that is not a change', async () => {
    const { feed, positionAt } = await aLog();
    const readFrom = async (seq: number, count: number): Promise<Stretch> => {
      const { head, entries } = await feed.readFrom(seq, count);
      return { head, entries: entries.map((entry) => (entry?.position.seq === 1_000 ? undefined : entry)) };
    };
    const segment = await readBack({ readFrom }, positionAt(COUNT), ALL_BYTES);
    expect(segment.before).toEqual(positionAt(1_001));
  });

  it('are none, if the log has another history, ends before it, or is of another epoch', async () => {
    const { feed, positionAt } = await aLog();
    const head = positionAt(COUNT);
    const elsewhere = [
      { ...head, digest: '0123456789abcdef' },
      { ...head, seq: COUNT + 1 },
      { ...head, epoch: 'another' },
    ];
    for (const position of elsewhere) {
      expect(await readBack(feed, position, ALL_BYTES)).toMatchObject({ before: position, last: position });
    }
    await feed.reset();
    expect(await readBack(feed, head, ALL_BYTES)).toMatchObject({ before: head, last: head });
  });

  it('are read without a hole, if the epoch ends meanwhile', async () => {
    const { feed, positionAt } = await aLog();
    let reads = 0;
    const readFrom = async (seq: number, count: number) => {
      if (++reads === 2) await feed.reset();
      return feed.readFrom(seq, count);
    };
    const segment = await readBack({ readFrom }, positionAt(COUNT), ALL_BYTES);
    expect(segment.before).toEqual(positionAt(700));
    expect(segment.last).toEqual(positionAt(COUNT));
  });
});
