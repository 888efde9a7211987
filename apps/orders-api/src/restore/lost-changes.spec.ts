import { describe, expect, it } from '@jest/globals';
import { type Change, InMemoryChangeFeed } from '@galley/change-feed';
import { lostChanges, reachesBackTo } from './lost-changes.js';

const change = (orderId: string, revision: number): Change => ({
  ...{ type: revision === 1 ? 'created' : 'updated', orderId, customerId: 'ana', revision },
  ...{ timestamp: '2026-11-27T09:00:00.000Z', event: '{"a":1}', order: '{"a":1}' },
});

async function feedWith(changes: Change[], history = 10_000): Promise<InMemoryChangeFeed> {
  const feed = new InMemoryChangeFeed(history);
  for (const one of changes) await feed.append([one]);
  return feed;
}

async function lost(feed: InMemoryChangeFeed, stored: Record<string, number>): Promise<string[]> {
  const found: string[] = [];
  const asked = (ids: readonly string[]) =>
    Promise.resolve(new Map(Object.entries(stored).filter(([id]) => ids.includes(id))));
  for await (const { orderId, revision } of lostChanges(feed, asked)) found.push(`${orderId} ${revision}`);
  return found;
}

describe('the changes that a restored store lacks', () => {
  it('are those of later revisions, of orders that it lacks too, in the order of the log', async () => {
    const feed = await feedWith([change('a', 1), change('b', 1), change('a', 2), change('c', 1), change('a', 3)]);
    expect(await lost(feed, { a: 1, b: 1 })).toEqual(['a 2', 'c 1', 'a 3']);
  });

  it('are none of an order of which the store has only the id, because it ended before', async () => {
    const feed = await feedWith([change('a', 1), change('a', 2)]);
    expect(await lost(feed, { a: Infinity })).toEqual([]);
  });

  it('are found in a log of many pages', async () => {
    const feed = await feedWith(Array.from({ length: 1_203 }, (_, i) => change(`job-${i}`, 1)));
    expect(await lost(feed, {})).toHaveLength(1_203);
  });

  it('are none if the feed is empty', async () => {
    expect(await lost(await feedWith([]), { a: 1 })).toEqual([]);
  });
});

describe('the log', () => {
  const changes = Array.from({ length: 2_000 }, (_, i) => change('a', i + 1));

  it('reaches back to a position that it has', async () => {
    const feed = await feedWith(changes.slice(0, 5));
    const recorded = await feed.head();
    await feed.append(changes.slice(5, 10));
    expect(await reachesBackTo(feed, recorded)).toBe(true);
  });

  it('does not reach back to a position from which it has been trimmed', async () => {
    const feed = await feedWith(changes.slice(0, 5), 100);
    const recorded = await feed.head();
    await feed.append(changes.slice(5));
    expect(await reachesBackTo(feed, recorded)).toBe(false);
    expect(await reachesBackTo(feed, undefined)).toBe(false);
  });

  it('does not reach back to a position of another feed', async () => {
    const other = await feedWith(changes.slice(0, 5));
    expect(await reachesBackTo(await feedWith(changes.slice(0, 9)), await other.head())).toBe(false);
  });

  it('reaches back to the beginning if it has its first entry', async () => {
    expect(await reachesBackTo(await feedWith(changes.slice(0, 5)), undefined)).toBe(true);
  });
});
