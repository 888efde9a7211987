import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRedis, waitFor, type BackingService } from '@galley/testing';
import { aChange, changeFeedContract, follow } from '../change-feed.contract.js';
import { RedisChangeFeed } from './redis-change-feed.js';

let redis: BackingService;
let feeds = 0;

beforeAll(async () => {
  redis = await startRedis();
}, 150_000);
afterAll(() => redis.stop());

async function open(history = 1_000, name = `test-${process.pid}-${++feeds}`): Promise<RedisChangeFeed> {
  const feed = new RedisChangeFeed({ url: redis.url, name, history });
  await waitFor(() => feed.read(0, 0), 'the feed to be connected');
  return feed;
}

changeFeedContract((history) => open(history));

describe('RedisChangeFeed when Redis restarts with its data', () => {
  const restart = async () => {
    if (!redis.kill || !redis.restart)
      throw new Error('This test needs a Redis that it may kill: unset TEST_REDIS_URL');
    await redis.kill();
    await redis.restart();
  };

  it('goes on in its epoch if a process that saw it before knows that nothing is missing', async () => {
    const feed = await open();
    const { changes, gaps } = await follow(feed);
    await feed.append([aChange('a', 1)]);
    await waitFor(() => changes.length === 1, 'the first change');
    await restart();
    await waitFor(() => feed.append([aChange('a', 2)]), 'the feed to accept changes again');
    await waitFor(() => changes.length === 2, 'the second change');
    expect(gaps).toEqual([]);
    await feed.close();
  }, 60_000);

  it('starts a new epoch if every process has restarted too', async () => {
    const name = `test-${process.pid}-all`;
    const before = await open(1_000, name);
    await before.append([aChange('a', 1)]);
    const { head } = await before.read(0, 0);
    await before.close();
    await restart();
    const after = await open(1_000, name);
    expect((await after.read(0, 0)).head).toEqual(head);
    const [outcome] = await after.append([aChange('a', 2)]);
    expect(outcome).toMatchObject({ outcome: 'appended', position: { seq: 1 } });
    expect((await after.read(0, 0)).head?.epoch).not.toBe(head?.epoch);
    await after.close();
  }, 60_000);
});
