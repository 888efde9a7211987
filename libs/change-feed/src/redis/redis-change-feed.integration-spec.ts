import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startRedis, waitFor, type BackingService } from '@galley/testing';
import { aChange, follow } from '../change-feed.contract.js';
import { redisChangeFeedContract } from './redis-change-feed.contract.js';
import { RedisChangeFeed } from './redis-change-feed.js';

let redis: BackingService;

beforeAll(async () => {
  redis = await startRedis();
}, 150_000);
afterAll(() => redis.stop());

redisChangeFeedContract(() => redis.url);

describe('RedisChangeFeed when Redis restarts with its data', () => {
  const restart = async () => {
    if (!redis.kill || !redis.restart)
      throw new Error('This test needs a Redis that it may kill: unset TEST_REDIS_URL');
    await redis.kill();
    await redis.restart();
  };
  const open = async (name: string) => {
    const feed = new RedisChangeFeed({ url: redis.url, name: `restart-${process.pid}-${name}`, history: 1_000 });
    await waitFor(() => feed.head().then(() => true), 'the feed to be connected');
    return feed;
  };

  it('goes on in its epoch, and its subscribers miss nothing', async () => {
    const feed = await open('alive');
    const { changes, gaps } = await follow(feed);
    await feed.append([aChange('a', 1)]);
    await waitFor(() => changes.length === 1, 'the first change');
    await restart();
    await waitFor(() => feed.append([aChange('a', 2)]), 'the feed to accept changes again');
    await waitFor(() => changes.length === 2, 'the second change');
    expect(gaps).toEqual([]);
    await feed.close();
  }, 60_000);

  it('goes on in its epoch even if every process has restarted too', async () => {
    const before = await open('all');
    const { head } = await before.append([aChange('a', 1)]);
    await before.close();
    await restart();
    const after = await open('all');
    expect((await after.append([aChange('a', 2)], head)).head).toMatchObject({ epoch: head.epoch, seq: 2 });
    await after.close();
  }, 60_000);
});
