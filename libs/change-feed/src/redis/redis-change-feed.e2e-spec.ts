import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { waitFor } from '@galley/testing';
import { aChange, follow } from '../change-feed.contract.js';
import { redisChangeFeedContract } from './redis-change-feed.contract.js';
import { RedisChangeFeed } from './redis-change-feed.js';

let redis: EmbeddedRedis;

beforeAll(async () => {
  redis = await EmbeddedRedis.start();
});
afterAll(() => redis.stop());

redisChangeFeedContract(() => redis.url);

describe('RedisChangeFeed, when Redis is away,', () => {
  const open = async (name: string) => {
    const feed = new RedisChangeFeed({ url: redis.url, name, history: 1_000 });
    await waitFor(() => feed.head().then(() => true), 'the feed to be connected');
    return feed;
  };

  it('loses nothing when the connection of its subscriber is cut', async () => {
    const feed = await open('cut');
    const { changes, gaps } = await follow(feed);
    for (let revision = 1; revision <= 60; revision++) {
      if (revision % 20 === 10) redis.cutConnections();
      await waitFor(() => feed.append([aChange('a', revision)]), 'the change to be appended');
    }
    await waitFor(() => changes.length >= 60, '60 changes');
    expect(changes.map(({ revision }) => revision)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(gaps).toEqual([]);
    await feed.close();
  });

  it('fails within seconds, and works again when it is back', async () => {
    const feed = await open('away');
    const { changes, gaps, subscription } = await follow(feed);
    await redis.down();
    await expect(feed.append([aChange('a', 1)])).rejects.toThrow();
    await waitFor(() => !subscription.attached, 'the outage to be noticed');
    await redis.up();
    await waitFor(() => feed.append([aChange('a', 1)]), 'the feed to accept changes again');
    await waitFor(() => changes.length === 1, 'the change');
    expect(gaps).toEqual([]);
    await feed.close();
  });
});
