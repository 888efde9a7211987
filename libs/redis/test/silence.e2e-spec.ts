import { describe, expect, it } from '@jest/globals';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { own, SilentServer, waitFor } from '@galley/testing';

const connect = (url: string) => {
  const redis = connectCommands(url, 'test');
  own(() => disconnect(redis));
  return redis;
};

describe('a connection to Redis', () => {
  it('is made again if nothing comes', async () => {
    const silent = await SilentServer.start();
    connect(`redis://${silent.address}`);
    await waitFor(() => silent.accepted >= 2, 'a second connection');
  });

  it('stays if nothing could come because its own process was held up', async () => {
    const server = await EmbeddedRedis.start();
    own(() => server.stop());
    const redis = connect(server.url);
    await connected(redis);
    const answer = redis.ping();
    holdUp(4_000);
    await expect(answer).resolves.toBe('PONG');
  });
});

/** Nothing else happens in this process meanwhile. */
function holdUp(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
