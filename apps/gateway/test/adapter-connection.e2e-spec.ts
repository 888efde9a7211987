import { expect, it } from '@jest/globals';
import msgpack from 'notepack.io';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { own, waitFor } from '@galley/testing';
import { connectAdapter } from '../src/connections/cluster/adapter-connection.js';

it('hears messages again after it was cut off, also while it subscribes', async () => {
  const redis = await EmbeddedRedis.start();
  own(() => redis.stop());
  const announced: string[] = [];
  const subscriber = connectAdapter(redis.url, ({ message }) => announced.push(message));
  const publisher = connectCommands(redis.url, 'publisher');
  own(() => Promise.all([disconnect(subscriber), disconnect(publisher)]));
  let connections = 0;
  const heard: string[] = [];
  subscriber.on('pmessageBuffer', (_pattern: Buffer, channel: Buffer) => heard.push(channel.toString()));
  subscriber.on('messageBuffer', (channel: Buffer) => heard.push(channel.toString()));
  subscriber.on('ready', () => {
    // The subscriptions are on their way.
    if (++connections <= 3) redis.cutConnections();
  });
  void subscriber.psubscribe('name#/#*');
  void subscriber.subscribe('name-request#/#', 'name-response#/#');

  await waitFor(() => connections === 4, 'the fourth connection');
  await connected(publisher);
  const announcement = { message: 'Hello', timestamp: new Date().toISOString() };
  const packet = ['uid', { type: 2, data: ['announcement', announcement], nsp: '/' }, { rooms: [], except: [] }];
  await waitFor(async () => {
    await publisher.publish('name#/#', msgpack.encode(packet) as Buffer);
    await publisher.publish('name-request#/#', JSON.stringify({ type: 6, data: ['signOut'] }));
    return new Set(heard).size === 2;
  }, 'messages of both kinds');
  expect(new Set(heard)).toEqual(new Set(['name#/#', 'name-request#/#']));
  expect(announced).toContain('Hello');
});
