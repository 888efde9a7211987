import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { EmbeddedRedis } from '@galley/embedded-redis';
import { exchange } from '@galley/testing';

describe('the embedded Redis', () => {
  let server: EmbeddedRedis;
  let client: Redis;

  beforeEach(async () => {
    server = await EmbeddedRedis.start();
    client = new Redis(server.url);
  });
  afterEach(async () => {
    client.disconnect();
    await server.stop();
  });

  it('has another password each time', async () => {
    const other = await EmbeddedRedis.start();
    const passwordOf = ({ url }: EmbeddedRedis) => new URL(url).password;
    expect(passwordOf(server)).toMatch(/^[0-9a-f]{32}$/);
    expect(passwordOf(other)).not.toBe(passwordOf(server));
    await other.stop();
  });

  it('runs no command of a client that does not know the password', async () => {
    const { host } = new URL(server.url);
    const stranger = new Redis(`redis://${host}`, { retryStrategy: () => null, enableReadyCheck: false });
    stranger.on('error', () => undefined);
    await expect(stranger.set('a', '1')).rejects.toThrow('NOAUTH');
    stranger.disconnect();
    expect(await client.get('a')).toBeNull();
  });

  const SET = '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n';

  it.each([
    ['a form that a page sends', (login: string) => `POST / HTTP/1.1\r\nHost: x\r\n\r\n${login}SET a 1\r\n`],
    [
      'a form with commands as clients write them',
      (login: string) => `POST / HTTP/1.1\r\nHost: x\r\n\r\n${login}${SET}`,
    ],
    ['a request without a body', (login: string) => `GET /%0d%0a HTTP/1.1\r\nHost: x\r\n${login}${SET}`],
    ['a greeting of TLS', (login: string) => `\x16\x03\x01\r\n${login}${SET}`],
    ['commands in plain lines', (login: string) => `${login}SET a 1\r\n`],
    ['an empty line first', (login: string) => `\r\n${login}${SET}`],
  ])('ends a connection that begins with %s, and runs nothing of it, even with the password', async (_what, bytes) => {
    const { password } = new URL(server.url);
    expect(await exchange(server.url, Buffer.from(bytes(`AUTH ${password}\r\n`), 'latin1'))).toBe('');
    expect(await client.get('a')).toBeNull();
  });

  it('serves a client after its connections were cut', async () => {
    await client.set('a', '1');
    server.cutConnections();
    expect(await client.get('a')).toBe('1');
  });
});
