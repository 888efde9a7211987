import { type Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { own, RedisCluster, Stopwatch, waitFor, type RedisServer } from '@galley/testing';
import { connectCommands, connected, connectSubscriber, disconnect } from '../src/index.js';

const KEY = '{one}:a';

let cluster: RedisCluster;
const opened: Redis[] = [];

beforeAll(async () => {
  cluster = await RedisCluster.start();
}, 120_000);
afterEach(async () => {
  await Promise.all(opened.splice(0).map(disconnect));
  await cluster.heal();
}, 60_000);
afterAll(() => cluster.stop());

const open = <T extends Redis>(redis: T): T => {
  opened.push(redis);
  own(() => disconnect(redis));
  return redis;
};
const commandsFor = async (key?: string, from?: RedisServer) => {
  const redis = open(connectCommands(cluster.url(from), 'test', { key }));
  await connected(redis);
  return redis;
};
/** Unlike `once` of node:events, it does not reject at an error: connections have some before they are ready. */
const next = (redis: Redis, event: 'ready' | 'close') => new Promise((resolve) => redis.once(event, resolve));
const portOf = (redis: Redis) => redis.stream.remotePort;
const serverOf = (redis: Redis) => cluster.servers.find(({ port }) => port === portOf(redis));

describe('a connection for commands', () => {
  it('goes to the primary that has its keys, from any node', async () => {
    const owner = await cluster.ownerOf(KEY);
    for (const node of cluster.servers) expect(portOf(await commandsFor(KEY, node))).toBe(owner.port);
  });

  it('runs scripts and transactions on keys with one hash tag', async () => {
    const redis = await commandsFor(KEY, await cluster.otherThanOwnerOf(KEY));
    redis.defineCommand('both', { lua: `redis.call('SET', KEYS[1], 1) return redis.call('INCR', KEYS[2])` });
    const scripted = redis as Redis & { both: (...args: (string | number)[]) => Promise<unknown> };
    expect(await scripted.both(2, '{one}:b', '{one}:c')).toBe(1);
    expect(await redis.multi().get('{one}:b').get('{one}:c').exec()).toEqual([
      [null, '1'],
      [null, '1'],
    ]);
  });

  it('finds the keys of its first command, if it was not given a key', async () => {
    const redis = await commandsFor(undefined, await cluster.otherThanOwnerOf(KEY));
    expect(await redis.set(KEY, 'x')).toBe('OK');
    expect(portOf(redis)).toBe((await cluster.ownerOf(KEY)).port);
  });

  it('follows its keys to another primary, and says so by "ready"', async () => {
    const redis = await commandsFor(KEY);
    await redis.set(KEY, 'before');
    const ready = next(redis, 'ready');
    await cluster.moveSlot(KEY, async () => {
      // The keys are already at the new primary, which has not got the slot yet.
      expect(await redis.get(KEY)).toBe('before');
    });
    expect(await redis.set(KEY, 'after')).toBe('OK');
    await ready;
    expect(portOf(redis)).toBe((await cluster.ownerOf(KEY)).port);
    expect(await redis.get(KEY)).toBe('after');
  });

  it('follows a failover: commands fail within 3 s until a replica has taken over', async () => {
    const redis = await commandsFor(KEY);
    await redis.set(KEY, 'kept');
    await redis.wait(1, 1_000);
    const ready = next(redis, 'ready');
    const watch = new Stopwatch();
    const durations: number[] = [];
    const state = { done: false };
    const asking = (async () => {
      while (!state.done) {
        const asked = watch.ms;
        await redis.get(KEY).catch(() => undefined);
        durations.push(watch.ms - asked);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const old = await cluster.failOver(KEY);
    await ready;
    await waitFor(async () => (await redis.get(KEY)) === 'kept', 'the new primary', 10_000);
    state.done = true;
    await asking;
    expect(Math.max(...durations)).toBeLessThan(3_500);
    expect(portOf(redis)).not.toBe(old.port);
  }, 60_000);

  it('leaves a primary that has become a replica', async () => {
    const redis = await commandsFor(KEY);
    const primary = await cluster.handOver(KEY);
    expect(await redis.set(KEY, 'x')).toBe('OK');
    expect(portOf(redis)).toBe(primary.port);
  }, 60_000);
});

describe('a connection for subscriptions', () => {
  const subscribed = async (from?: RedisServer) => {
    const redis = open(connectSubscriber(cluster.url(from), 'test'));
    const messages: string[] = [];
    redis.on('message', (_channel, message: string) => messages.push(message));
    await redis.subscribe('news');
    return { redis, messages };
  };
  const isHeard = async (messages: string[], from: RedisServer, text: string) => {
    await waitFor(
      async () => {
        await from.call('PUBLISH', 'news', text);
        return messages.includes(text);
      },
      'a message',
      20_000,
    );
  };

  it('hears what is published at any node', async () => {
    const { messages } = await subscribed();
    for (const node of cluster.servers) await isHeard(messages, node, node.address);
  });

  it.each(['kill', 'freeze'] as const)('moves to another node after a %s of its own, and says so', async (fault) => {
    const { redis, messages } = await subscribed();
    const left = serverOf(redis);
    const [closed, ready] = [next(redis, 'close'), next(redis, 'ready')];
    const watch = new Stopwatch();
    await left?.[fault]();
    await closed;
    await ready;
    expect(watch.ms).toBeLessThan(6_000);
    expect(serverOf(redis)).not.toBe(left);
    const other = cluster.servers.find((server) => server !== left);
    if (other) await isHeard(messages, other, fault);
  });

  it('leaves a node that is cut off from the others, although it answers', async () => {
    const replica = await cluster.replicaOf(await cluster.ownerOf(KEY));
    const { redis, messages } = await subscribed(replica);
    expect(serverOf(redis)).toBe(replica);
    const ready = next(redis, 'ready');
    await cluster.cutOff(replica);
    await ready;
    expect(serverOf(redis)).not.toBe(replica);
    await isHeard(messages, await cluster.ownerOf(KEY), 'after');
  });
});
