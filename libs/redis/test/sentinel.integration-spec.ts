import { type Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { own, RedisSentinels, Stopwatch, waitFor } from '@galley/testing';
import { connectCommands, connected, connectSubscriber, disconnect } from '../src/index.js';

let redis: RedisSentinels;
const opened: Redis[] = [];

beforeAll(async () => {
  redis = await RedisSentinels.start();
}, 120_000);
afterEach(async () => {
  await Promise.all(opened.splice(0).map(disconnect));
  await redis.heal();
}, 60_000);
afterAll(() => redis.stop());

const open = async (connection: Redis) => {
  opened.push(connection);
  own(() => disconnect(connection));
  await connected(connection);
  return connection;
};
const next = (connection: Redis, event: 'ready' | 'close') => new Promise((resolve) => connection.once(event, resolve));
const portOf = (connection: Redis) => connection.stream.remotePort;

describe('connections by way of sentinels', () => {
  it('go to the primary, also if a sentinel is down and another one is silent', async () => {
    await redis.sentinels[0]?.kill();
    const commands = await open(connectCommands(redis.url, 'test'));
    expect(portOf(commands)).toBe((await redis.primary()).port);
    expect(await commands.set('a', 'b')).toBe('OK');
    await redis.sentinels[1]?.freeze();
    const subscriber = await open(connectSubscriber(redis.url, 'test'));
    expect(portOf(subscriber)).toBe(portOf(commands));
  });

  it.each(['kill', 'freeze'] as const)('follow a failover after a %s, and say so by "ready"', async (fault) => {
    const commands = await open(connectCommands(redis.url, 'test'));
    const subscriber = await open(connectSubscriber(redis.url, 'test'));
    const messages: string[] = [];
    subscriber.on('message', (_channel, message: string) => messages.push(message));
    await subscriber.subscribe('news');
    const ready = Promise.all([commands, subscriber].map((connection) => next(connection, 'ready')));
    const old = await redis.primary();
    await old[fault]();
    const watch = new Stopwatch();
    await expect(commands.set('a', fault)).rejects.toThrow();
    expect(watch.ms).toBeLessThan(3_500);
    await redis.hasReplaced(old);
    await ready;
    await waitFor(() => commands.set('a', fault), 'the new primary', 10_000);
    expect(portOf(commands)).toBe((await redis.primary()).port);
    await waitFor(
      async () => {
        await commands.publish('news', fault);
        return messages.includes(fault);
      },
      'a message',
      10_000,
    );
  });

  it('leave a primary that the sentinels have replaced, although it answers as before', async () => {
    for (const server of redis.servers) await server.call('ACL', 'SETUSER', 'app', 'on', '>p@ss', '~*', '&*', '+@all');
    const url = redis.url.replace('//', '//app:p%40ss@');
    const old = await redis.primary();
    const commands = await open(connectCommands(url, 'test'));
    // Sentinels and replicas are another user. Without it they are cut off, and cannot tell the primary that it is replaced.
    await old.call('ACL', 'SETUSER', 'default', 'off');
    const insider = await open(connectCommands(`redis://app:p%40ss@${old.address}`, 'insider'));
    try {
      await insider.client('KILL', 'USER', 'default');
      await redis.hasReplaced(old);
      expect((await insider.info('replication')).includes('role:master')).toBe(true);
      await waitFor(async () => portOf(commands) === (await redis.primary()).port, 'the new primary', 15_000);
      await waitFor(() => commands.set('a', 'b'), 'an answer', 5_000);
    } finally {
      await insider.acl('SETUSER', 'default', 'on');
    }
  });
});
