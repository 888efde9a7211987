import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { connectCommands, connected, disconnect } from '@galley/redis';
import { own, waitFor } from '@galley/testing';

const connect = (url: string) => {
  const redis = connectCommands(url, 'test');
  own(() => disconnect(redis));
  return redis;
};

describe('a connection to Redis', () => {
  it('is made again if nothing comes', async () => {
    let connections = 0;
    const silent = createServer(() => connections++).listen(0, '127.0.0.1');
    own(() => silent.close());
    await once(silent, 'listening');
    connect(`redis://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    await waitFor(() => connections >= 2, 'a second connection');
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
