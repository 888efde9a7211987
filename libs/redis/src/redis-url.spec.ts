import { describe, expect, it } from '@jest/globals';
import { parseRedisUrl } from './redis-url.js';

const problemOf = (url: string): string => {
  try {
    parseRedisUrl(url);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('parseRedisUrl', () => {
  it.each([
    ['redis://localhost', { host: 'localhost', port: 6379 }],
    ['redis://localhost:7000/2', { host: 'localhost', port: 7000 }],
    ['rediss://gateway:secret@redis.example:6380', { host: 'redis.example', port: 6380 }],
    ['redis://:secret@[::1]:7000', { host: '[::1]', port: 7000 }],
  ])('leaves %s to ioredis', (url, node) => {
    expect(parseRedisUrl(url)).toEqual({ kind: 'standalone', url, node });
  });

  it('reads the nodes of a cluster', () => {
    expect(parseRedisUrl('redis+cluster://one.example:7000,two.example,[fe80::1]:7001,10.0.0.1')).toEqual({
      kind: 'cluster',
      nodes: [
        { host: 'one.example', port: 7000 },
        { host: 'two.example', port: 6379 },
        { host: 'fe80::1', port: 7001 },
        { host: '10.0.0.1', port: 6379 },
      ],
      login: { tls: false },
    });
  });

  it('reads the sentinels and the name of the primary', () => {
    expect(parseRedisUrl('redis+sentinel://one,two:26380/mymaster')).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 'one', port: 26_379 },
        { host: 'two', port: 26_380 },
      ],
      sentinelLogin: { tls: false },
      primary: 'mymaster',
      db: 0,
      login: { tls: false },
    });
  });

  it('takes the number of a database after the primary', () => {
    expect(parseRedisUrl('redis+sentinel://one/mymaster/3')).toMatchObject({ primary: 'mymaster', db: 3 });
  });

  it.each([
    ['redis+cluster', 'gateway:a%40b%2F%3A%3F%23%2C', { username: 'gateway', password: 'a@b/:?#,' }],
    ['redis+cluster', ':p:q', { password: 'p:q' }],
    ['redis+sentinel', 'gateway', { username: 'gateway' }],
    ['rediss+cluster', 'gateway:secret', { username: 'gateway', password: 'secret', tls: true }],
    ['rediss+sentinel', ':secret', { password: 'secret', tls: true }],
  ])('decodes %s://%s@', (scheme, user, login) => {
    const path = scheme.endsWith('sentinel') ? '/mymaster' : '/';
    expect(parseRedisUrl(`${scheme}://${user}@localhost${path}`)).toMatchObject({ login: { tls: false, ...login } });
  });

  it('gives the sentinels a login of their own, or none', () => {
    const url = 'rediss+sentinel://gateway:secret@one/mymaster';
    expect(parseRedisUrl(url)).toMatchObject({ sentinelLogin: { tls: true, password: undefined } });
    expect(parseRedisUrl(`${url}?sentinelUsername=watcher&sentinelPassword=a%26b+c`)).toMatchObject({
      sentinelLogin: { tls: true, username: 'watcher', password: 'a&b+c' },
    });
  });

  it.each([
    ['localhost:6379', 'must be a URL such as redis://localhost:6379'],
    ['http://localhost', 'must be a URL such as redis://localhost:6379'],
    ['redis+other://localhost', 'must be a URL such as'],
    ['redis://local host', 'must be a URL such as'],
    ['redis+cluster://user:sec@ret@localhost', 'must be a URL such as'],
    ['redis+cluster://', 'must name its hosts'],
    ['redis+cluster://one,,two', 'must name its hosts'],
    ['redis+cluster://one:0', 'must name its hosts'],
    ['redis+cluster://one:65536', 'must name its hosts'],
    ['redis+cluster://::1', 'must name its hosts'],
    ['redis+cluster://[one]', 'must name its hosts'],
    ['redis+cluster://one/0', 'must not name a database'],
    ['redis+cluster://one?x=1', 'must have no parameters'],
    ['redis+cluster://user:%zz@one', 'must have its user and password percent-encoded'],
    ['redis+sentinel://one', 'must end with the name of the primary'],
    ['redis+sentinel://one/', 'must end with the name of the primary'],
    ['redis+sentinel://one/mymaster/x', 'must have the number of a database'],
    ['redis+sentinel://one/mymaster/0/1', 'must have the number of a database'],
    ['redis+sentinel://one/mymaster?password=x', 'must have no parameters but sentinelUsername and sentinelPassword'],
  ])('refuses %s in one sentence', (url, sentence) => {
    expect(problemOf(url)).toContain(sentence);
  });

  it('never shows a part of the URL, which may be a secret', () => {
    for (const url of ['redis+cluster://u:hunter2@one:x', 'redis+cluster://u:hunter2%@one', 'http://u:hunter2@one']) {
      expect(problemOf(url)).toMatch(/^must (?!.*hunter2)/);
    }
  });
});
