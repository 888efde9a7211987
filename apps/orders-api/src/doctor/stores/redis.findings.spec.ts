import { describe, expect, it } from '@jest/globals';
import { parseInfo } from './redis.facts.js';
import { judgeFeed, judgeMemory, judgePersistence, judgeRedis, judgeReplicas, judgeServer } from './redis.findings.js';

/** What a Redis of docker/redis/redis.conf tells. */
const HEALTHY = parseInfo(
  [
    '# Server\r\nredis_version:8.2.1\r\nrole:master\r\nconnected_slaves:0',
    'used_memory:41943040\r\nmaxmemory:402653184\r\nmaxmemory_policy:noeviction',
    'aof_enabled:1\r\naof_last_write_status:ok\r\naof_last_bgrewrite_status:ok\r\nrdb_last_bgsave_status:ok\r\n',
  ].join('\r\n'),
);
const QUICK = [0.2, 0.3, 1];
const head = { epoch: 'a', seq: 4_711, digest: 'f' };

describe('Redis', () => {
  it('is right as docker/redis/redis.conf makes it', () => {
    const feed = { head, length: 4_711, endsAtHead: true };
    const findings = judgeRedis({ info: HEALTHY, appendfsync: 'everysec', pingsMs: QUICK, feed }, 100_000);
    expect(findings.map(({ level }) => level)).toEqual(['ok', 'ok', 'ok', 'ok']);
  });

  it('is skipped if its user may not ask, but for the log', () => {
    const findings = judgeRedis({ pingsMs: QUICK, feed: { length: 0, endsAtHead: true } }, 100_000);
    expect(findings.map(({ level }) => level)).toEqual(['skipped', 'ok']);
  });

  it.each([
    ['warn', 'an old version', { ...HEALTHY, redis_version: '6.2.14' }, QUICK],
    ['fail', 'a replica', { ...HEALTHY, role: 'slave' }, QUICK],
    ['warn', 'a slow one', HEALTHY, [60, 70, 80]],
  ])('is %s if it is %s', (level, _what, info, pingsMs) => {
    expect(judgeServer(info, pingsMs)).toMatchObject({ level });
  });

  it.each([
    ['ok', { maxmemory: '0' }],
    ['fail', { maxmemory_policy: 'allkeys-lru' }],
    ['warn', { used_memory: '342255206' }],
    ['fail', { used_memory: '394600000' }],
    ['skipped', { maxmemory_policy: undefined }],
  ])('has memory that is %s with %j', (level, different) => {
    expect(judgeMemory({ ...HEALTHY, ...different })).toMatchObject({ level });
  });

  it.each([
    ['ok', {}, undefined],
    ['ok', {}, 'always'],
    ['warn', {}, 'no'],
    ['fail', { aof_enabled: '0' }, undefined],
    ['warn', { aof_enabled: '0', connected_slaves: '1' }, undefined],
    ['fail', { aof_last_write_status: 'err' }, 'everysec'],
    ['fail', { aof_last_bgrewrite_status: 'err' }, 'everysec'],
    ['skipped', { aof_enabled: undefined }, undefined],
  ])('has a disk that is %s with %j and appendfsync %s', (level, different, appendfsync) => {
    expect(judgePersistence({ ...HEALTHY, ...different }, appendfsync)).toMatchObject({ level });
  });

  it.each([
    [[], {}],
    [['warn'], { connected_slaves: '1' }],
    [['ok'], { connected_slaves: '2', min_slaves_good_slaves: '2' }],
  ])('has copies that are %j with %j', (levels, different) => {
    expect(judgeReplicas({ ...HEALTHY, ...different }).map(({ level }) => level)).toEqual(levels);
  });

  it.each([
    ['ok', 'no change', { length: 0, endsAtHead: true }],
    ['ok', 'its last change at its head', { head, length: 4_711, endsAtHead: true }],
    ['fail', 'another change at its end', { head, length: 4_710, endsAtHead: false }],
    ['fail', 'changes and no head', { length: 0, endsAtHead: false }],
  ])('has a log that is %s with %s', (level, _what, feed) => {
    expect(judgeFeed(feed, 100_000)).toMatchObject({ level });
  });
});
