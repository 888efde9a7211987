import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Redis } from 'ioredis';
import { type Position } from '@galley/contracts';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { waitFor } from '@galley/testing';
import { type AppendOutcome } from '../change-feed.js';
import { aChange, changeFeedContract, follow } from '../change-feed.contract.js';
import { RedisChangeFeed } from './redis-change-feed.js';

let redis: EmbeddedRedis;
let feeds = 0;

beforeAll(async () => {
  redis = await EmbeddedRedis.start();
});
afterAll(() => redis.stop());

async function open(history = 1_000, name = `feed-${++feeds}`): Promise<RedisChangeFeed> {
  const feed = new RedisChangeFeed({ url: redis.url, name, history });
  await waitFor(() => feed.append([]).then(() => feed.read(0, 0)), 'the feed to be connected');
  return feed;
}

changeFeedContract((history) => open(history));

describe('RedisChangeFeed', () => {
  let feed: RedisChangeFeed;
  let raw: Redis;
  let name: string;

  beforeEach(async () => {
    name = `raw-${++feeds}`;
    feed = await open(1_000, name);
    raw = connectCommands(redis.url, 'raw');
    await connected(raw);
  });
  afterEach(async () => {
    await feed.close();
    await disconnect(raw);
  });

  it('ignores garbage on its channel', async () => {
    const { changes, gaps } = await follow(feed);
    await feed.append([aChange('a', 1)]);
    const head = (await feed.read(0, 0)).head?.epoch ?? '';
    for (const garbage of ['', 'x', '{}', '\u0000\u0001', `${head}:2`, `${head}:2 updated a ana 2 now\n{}\n{}`]) {
      await raw.publish(`{${name}}:feed`, garbage);
    }
    await raw.publish(`{${name}}:feed`, Buffer.from([0xff, 0xfe, 0x00, 0x80]));
    await feed.append([aChange('a', 2)]);
    await waitFor(() => changes.length === 2, 'both changes');
    expect(changes.map(({ revision }) => revision)).toEqual([1, 2]);
    expect(gaps).toEqual([]);
  });

  it('reads a change from the log whose message never arrived', async () => {
    const { changes, gaps } = await follow(feed);
    await feed.append([aChange('a', 1)]);
    await waitFor(() => changes.length === 1, 'the first change');
    // Append it as the script does, without publishing it.
    const reader = await raw.xrange(`{${name}}:log`, '-', '+');
    const [, message] = reader[0]?.[1] ?? [];
    await raw.incr(`{${name}}:seq`);
    await raw.xadd(`{${name}}:log`, '2-0', 'm', (message ?? '').replaceAll(' 1 2026', ' 2 2026'));
    await raw.del(`{${name}}:rev:a`);
    await feed.append([aChange('a', 3)]);
    await waitFor(() => changes.length === 3, 'all changes');
    expect(changes.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(gaps).toEqual([]);
  });

  it('finds a last change whose message never arrived', async () => {
    const { changes, gaps } = await follow(feed);
    await feed.append([aChange('a', 1)]);
    await waitFor(() => changes.length === 1, 'the first change');
    const [, message] = (await raw.xrange(`{${name}}:log`, '-', '+'))[0]?.[1] ?? [];
    await raw.incr(`{${name}}:seq`);
    await raw.xadd(`{${name}}:log`, '2-0', 'm', (message ?? '').replaceAll(' 1 2026', ' 2 2026'));
    await waitFor(() => changes.length === 2, 'both changes');
    expect(changes.map(({ revision }) => revision)).toEqual([1, 2]);
    expect(gaps).toEqual([]);
  });

  it('treats a change as known only once it is in the log', async () => {
    await feed.append([aChange('a', 1)]);
    const { head } = await feed.read(0, 0);
    await raw.rename(`{${name}}:log`, `{${name}}:kept`);
    await raw.set(`{${name}}:log`, 'in the way');
    await expect(feed.append([aChange('a', 2)])).rejects.toThrow('WRONGTYPE');
    await raw.del(`{${name}}:log`);
    await raw.rename(`{${name}}:kept`, `{${name}}:log`);
    expect(await feed.append([aChange('a', 2)])).toEqual([
      { outcome: 'appended', position: { epoch: head?.epoch, seq: 2 } },
    ]);
    expect((await feed.read(1, 10)).changes).toMatchObject([aChange('a', 2)]);
  });

  it('reads from any seq that a position can contain', async () => {
    await feed.append([aChange('a', 1)]);
    expect((await feed.read(999_999_999_999_999, 10)).changes).toEqual([]);
  });

  it('starts a new epoch if the log ends before what it appended', async () => {
    const { changes, gaps } = await follow(feed);
    for (const revision of [1, 2, 3]) await feed.append([aChange('a', revision)]);
    await waitFor(() => changes.length === 3, 'three changes');
    await raw.set(`{${name}}:seq`, 1);
    await raw.xdel(`{${name}}:log`, '2-0', '3-0');
    const [outcome] = await feed.append([aChange('a', 4)]);
    expect(outcome).toMatchObject({ outcome: 'appended', position: { seq: 1 } });
    await waitFor(() => changes.length === 4, 'the change of the new epoch');
    expect(gaps).toMatchObject([{ reason: 'new-epoch' }]);
    expect(changes[3]?.position.epoch).not.toBe(changes[0]?.position.epoch);
  });

  describe('after a restart of Redis', () => {
    const restart = () => raw.set(`{${name}}:run`, 'another run');
    const appended = (outcomes: AppendOutcome[]) =>
      outcomes.map((outcome) => (outcome.outcome === 'appended' ? outcome.position : outcome.outcome));

    it('goes on if a remaining process knows that the log is complete', async () => {
      const [first] = appended(await feed.append([aChange('a', 1)]));
      await restart();
      const [second] = appended(await feed.append([aChange('a', 2)]));
      expect(second).toEqual({ ...(first as Position), seq: 2 });
      const late = await open(1_000, name);
      expect(appended(await late.append([aChange('a', 3)]))).toEqual([{ ...(first as Position), seq: 3 }]);
      await late.close();
    });

    it('goes on if such a process has only reconnected', async () => {
      const [first] = appended(await feed.append([aChange('a', 1)]));
      await restart();
      redis.cutConnections();
      await waitFor(async () => (await raw.get(`{${name}}:run`).catch(() => 'away')) === '', 'it to vouch for the log');
      const late = await open(1_000, name);
      expect(appended(await late.append([aChange('a', 2)]))).toEqual([{ ...(first as Position), seq: 2 }]);
      await late.close();
    });

    it('goes on if a process knows the log from before, even if it has never written', async () => {
      const [first] = appended(await feed.append([aChange('a', 1)]));
      const idle = await open(1_000, name);
      await restart();
      expect(appended(await idle.append([aChange('a', 2)]))).toEqual([{ ...(first as Position), seq: 2 }]);
      await idle.close();
    });

    it('starts a new epoch if no process is left that knows the log', async () => {
      const [first] = appended(await feed.append([aChange('a', 1)]));
      await feed.close();
      await restart();
      feed = await open(1_000, name);
      const [second] = appended(await feed.append([aChange('a', 2)]));
      expect(second).toMatchObject({ seq: 1 });
      expect(second).not.toEqual(first);
    });
  });

  it('loses nothing when the connection of its subscriber is cut', async () => {
    const { changes, gaps } = await follow(feed);
    for (let revision = 1; revision <= 60; revision++) {
      if (revision % 20 === 10) redis.cutConnections();
      await waitFor(() => feed.append([aChange('a', revision)]), 'the change to be appended');
    }
    await waitFor(() => changes.length >= 60, '60 changes');
    expect(changes.map(({ revision }) => revision)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    expect(gaps).toEqual([]);
  });

  it('forgets a revision after a day and its history beyond the cap', async () => {
    await feed.append([aChange('a', 1)]);
    const expiry = await raw.ttl(`{${name}}:rev:a`);
    expect(expiry).toBeGreaterThan(86_000);
    expect(expiry).toBeLessThanOrEqual(86_400);
  });

  it('fails within seconds while Redis is away, and works again when it is back', async () => {
    const { changes, gaps, subscription } = await follow(feed);
    await redis.down();
    await expect(feed.append([aChange('a', 1)])).rejects.toThrow();
    await waitFor(() => !subscription.attached, 'the outage to be noticed');
    await redis.up();
    await waitFor(() => feed.append([aChange('a', 1)]), 'the feed to accept changes again');
    await waitFor(() => changes.length === 1, 'the change');
    expect(gaps).toEqual([]);
  });
});
