import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Redis } from 'ioredis';
import { formatPosition } from '@galley/contracts';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { waitFor } from '@galley/testing';
import { decodeEntry, ENTRY_SEPARATOR } from '../change.js';
import { aChange, changeFeedContract, follow, readAll } from '../change-feed.contract.js';
import { feedKeys, type FeedKeys } from './feed-keys.js';
import { RedisChangeFeed } from './redis-change-feed.js';

/** The contract of the feed in Redis, on any Redis. */
export function redisChangeFeedContract(urlOf: () => string): void {
  let raw: Redis;
  let keys: FeedKeys;
  let names = 0;
  const opened: RedisChangeFeed[] = [];

  beforeEach(async () => {
    raw = connectCommands(urlOf(), 'raw');
    await connected(raw);
  });
  afterEach(async () => {
    for (const feed of opened.splice(0)) await feed.close();
    await disconnect(raw);
  });

  const open = (history = 1_000) => {
    names++;
    return reopen(history);
  };
  /** Opens the newest feed in another process, as far as a feed can tell. */
  const reopen = async (history = 1_000) => {
    const name = `test-${process.pid}-${names}`;
    keys = feedKeys(name);
    const feed = new RedisChangeFeed({ url: urlOf(), name, history });
    await waitFor(() => feed.head().then(() => true), 'the feed to be connected');
    return feed;
  };

  /** Copies what a replica would have at this moment. */
  const save = async (feed: RedisChangeFeed) => {
    const { head, log, revision } = keys;
    const saved = { head: await raw.get(head), log: await raw.xrange(log, '-', '+') };
    const revisions = await Promise.all(['a', 'b', 'c'].map((id) => raw.get(revision(id))));
    return async () => {
      await raw.del(head, log, ...['a', 'b', 'c'].map(revision));
      if (saved.head !== null) await raw.set(head, saved.head);
      for (const [id, fields] of saved.log) await raw.xadd(log, id, ...fields);
      for (const [i, id] of ['a', 'b', 'c'].entries()) {
        const last = revisions[i];
        if (last) await raw.set(revision(id), last);
      }
      opened.push(feed);
      return reopen();
    };
  };

  changeFeedContract({ open, save });

  describe('RedisChangeFeed', () => {
    let feed: RedisChangeFeed;

    beforeEach(async () => {
      feed = await open();
    });
    afterEach(() => feed.close());

    it('ignores garbage on its channel', async () => {
      const { changes, gaps } = await follow(feed);
      const { head } = await feed.append([aChange('a', 1)]);
      const before = formatPosition(head);
      const [entry = ''] = (await readAll(feed)).map((change) => change.entry);
      const garbage = [
        ...['', 'x', '{}', '\u0000\u0001', before, `${before}\n`, `${before}\n${entry.slice(1)}`, `\n${entry}`],
        ...[`${before}\n1 updated a ana 2 now\n{}\n{}`, `${before}\n2${entry.slice(1)}`, `${before}\n${entry}\u001e`],
      ];
      for (const message of garbage) await raw.publish(keys.channel, message);
      await raw.publish(keys.channel, Buffer.from([0xff, 0xfe, 0x00, 0x80]));
      await feed.append([aChange('a', 2)]);
      await waitFor(() => changes.length === 2, 'both changes');
      expect(changes.map(({ revision }) => revision)).toEqual([1, 2]);
      expect(gaps).toEqual([]);
    });

    it('reads changes from the log whose messages never arrived', async () => {
      const { changes, gaps } = await follow(feed);
      // A message that arrives nowhere: the subscriber is on another channel.
      const deaf = new RedisChangeFeed({ url: urlOf(), name: 'elsewhere', history: 1_000 });
      Object.assign(deaf, { keys: { ...keys, channel: 'nowhere' } });
      await waitFor(() => deaf.head().then(() => true), 'the other feed to be connected');
      await feed.append([aChange('a', 1)]);
      await deaf.append([aChange('a', 2)]);
      await feed.append([aChange('a', 3)]);
      await waitFor(() => changes.length === 3, 'all changes');
      await deaf.append([aChange('a', 4)]);
      await waitFor(() => changes.length === 4, 'the last change');
      expect(changes.map(({ revision }) => revision)).toEqual([1, 2, 3, 4]);
      expect(gaps).toEqual([]);
      await deaf.close();
    });

    it('publishes in one message what one append adds', async () => {
      const messages: string[] = [];
      const subscriber = raw.duplicate({ enableOfflineQueue: true });
      subscriber.on('message', (_channel, message: string) => messages.push(message));
      await subscriber.subscribe(keys.channel);
      const { head: before } = await feed.append([]);
      await feed.append([aChange('a', 1), aChange('b', 1)]);
      await waitFor(() => messages.length > 0, 'the message');
      const entries = (await readAll(feed)).map(({ entry }) => entry);
      expect(messages).toEqual([`${formatPosition(before)}\n${entries.join(ENTRY_SEPARATOR)}`]);
      expect(entries.map((entry, i) => decodeEntry(entry, before.epoch, i + 1))).toMatchObject([
        aChange('a', 1),
        aChange('b', 1),
      ]);
      await disconnect(subscriber);
    });

    it('ignores lines of an entry that it does not know', async () => {
      await feed.append([aChange('a', 1)]);
      const [change] = await readAll(feed);
      const entry = `${change?.entry}\n{"by":"a newer writer"}`;
      expect(decodeEntry(entry, 'e', 1)).toMatchObject(aChange('a', 1));
    });

    it.each<[string, () => Promise<unknown>]>([
      ['a foreign entry is in the log', () => raw.xadd(keys.log, '*', 'x', 'y')],
      ['an entry without a digest is in the log', () => raw.xadd(keys.log, '4-0', 'm', 'updated a ana 4')],
      ['a foreign entry was in the log', () => addAndDelete()],
      ['the head is lost', () => raw.del(keys.head)],
      ['the head is no position', () => raw.set(keys.head, '7')],
      ['the head is of another type', () => raw.multi().del(keys.head).lpush(keys.head, 'x').exec()],
      ['the head is behind the log', () => goBackTo(1)],
      ['the log is of another type', () => raw.multi().del(keys.log).set(keys.log, 'x').exec()],
    ])('starts a new epoch at the next append if %s, and nobody misses it', async (_how, damage) => {
      const { changes, gaps } = await follow(feed);
      const { head: before } = await feed.append([1, 2, 3].map((revision) => aChange('a', revision)));
      await waitFor(() => changes.length === 3, 'three changes');
      await damage();
      const { head, outcomes } = await feed.append([aChange('a', 4), aChange('b', 1)]);
      expect(outcomes).toEqual(Array(2).fill({ outcome: 'appended' }));
      expect(head).toMatchObject({ seq: 2 });
      expect(head.epoch).not.toBe(before.epoch);
      await waitFor(() => changes.length === 5, 'the changes of the new epoch');
      expect(gaps.length).toBeGreaterThan(0);
      expect(gaps.every(({ reason }) => reason === 'new-epoch')).toBe(true);
    });
    const addAndDelete = async () => {
      const id = await raw.xadd(keys.log, '*', 'x', 'y');
      await raw.xdel(keys.log, id ?? '');
    };
    const goBackTo = async (seq: number) => {
      const { position } = (await readAll(feed))[seq - 1] ?? {};
      if (position) await raw.set(keys.head, formatPosition(position));
    };

    it('ends its epoch if the log goes back behind what this process itself has seen in it', async () => {
      await feed.append([aChange('a', 1)]);
      const goBack = await save(feed);
      const { head: seen } = await feed.append([aChange('a', 2)]);
      const other = await goBack();
      await other.append([aChange('b', 1), aChange('b', 2)]);
      const { head } = await feed.append([]);
      expect(head.epoch > seen.epoch).toBe(true);
      await other.close();
    });

    it('goes on if its newest entries are gone, and misleads nobody who has not read them', async () => {
      const { changes, gaps } = await follow(feed);
      await feed.append([1, 2, 3].map((revision) => aChange('a', revision)));
      await waitFor(() => changes.length === 3, 'three changes');
      const [, second, third] = changes.map(({ position }) => position);
      await raw.xdel(keys.log, '3-0');
      const { head } = await feed.append([aChange('a', 4)], third);
      expect(head).toMatchObject({ epoch: third?.epoch, seq: 4 });
      await waitFor(() => changes.length === 4, 'the fourth change');
      expect(gaps).toEqual([]);
      if (!second || !third) throw new Error('Three changes were expected');
      expect((await feed.read(second, 10)).continuity).toBe('trimmed');
      expect(await feed.read(third, 10)).toMatchObject({ continuity: 'kept', changes: [aChange('a', 4)] });
    });

    it('goes on if the log was trimmed to nothing', async () => {
      const { changes, gaps } = await follow(feed);
      const { head: before } = await feed.append([aChange('a', 1)]);
      await waitFor(() => changes.length === 1, 'the first change');
      await raw.del(keys.log);
      const { head } = await feed.append([aChange('a', 2)], before);
      expect(head).toMatchObject({ epoch: before.epoch, seq: 2 });
      await waitFor(() => changes.length === 2, 'the second change');
      expect(gaps).toEqual([]);
    });

    it('does not take what comes after its head for a change', async () => {
      const { head } = await feed.append([aChange('a', 1)]);
      await raw.xadd(keys.log, '*', 'x', 'y');
      expect(await feed.read(head, 10)).toEqual({ head, continuity: 'kept', changes: [] });
    });

    it('tells a hole in the log from its end', async () => {
      await feed.append([1, 2, 3, 4].map((revision) => aChange('a', revision)));
      const [first, second] = (await readAll(feed)).map(({ position }) => position);
      await raw.xdel(keys.log, '3-0');
      if (!first || !second) throw new Error('Four changes were expected');
      expect(await feed.read(first, 10)).toMatchObject({ continuity: 'kept', changes: [aChange('a', 2)] });
      expect(await feed.read(second, 10)).toMatchObject({ continuity: 'trimmed', changes: [] });
    });

    it('forgets a revision after a day', async () => {
      await feed.append([aChange('a', 1)]);
      const expiry = await raw.ttl(keys.revision('a'));
      expect(expiry).toBeGreaterThan(86_000);
      expect(expiry).toBeLessThanOrEqual(86_400);
    });
  });
}
