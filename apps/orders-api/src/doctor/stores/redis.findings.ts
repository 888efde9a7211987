import { inWords } from '../durations.js';
import { about, PLACES, type Finding } from '../finding.js';
import { usualOf } from './pings.js';
import { type FeedFacts, type RedisFacts } from './redis.facts.js';

type Info = NonNullable<RedisFacts['info']>;

/** The oldest version that has the users of docker/redis/users.acl. */
const OLDEST_VERSION = 7;

const SLOW_PING_MS = 50;
const FULL = { warnAbove: 0.8, failAbove: 0.95 };

const redis = about('Redis');
const memory = about('Redis memory');
const disk = about('Redis disk');
const replicas = about('Redis copies');
const log = about('log');

/** @param history `FEED_HISTORY` of the orders APIs */
export function judgeRedis({ info, appendfsync, pingsMs, feed }: RedisFacts, history: number): Finding[] {
  const ofServer = info
    ? [judgeServer(info, pingsMs), judgeMemory(info), judgePersistence(info, appendfsync), ...judgeReplicas(info)]
    : [redis.skipped('its state cannot be read', 'allow the user of REDIS_URL the command INFO', PLACES.tls)];
  return [...ofServer, judgeFeed(feed, history)];
}

export const judgeSilentRedis = (reason: string): Finding =>
  redis.fail(reason, 'until it is back, orders are stored and nobody hears of changes', PLACES.failures);

export const judgeUnknownRedis = (): Finding =>
  redis.skipped('not asked', 'set REDIS_URL to that of the orders API', PLACES.doctor);

export function judgeServer(info: Info, pingsMs: readonly number[]): Finding {
  const { redis_version: version = 'of an unknown version', role } = info;
  const usual = usualOf(pingsMs);
  const slowest = pingsMs.at(-1) ?? 0;
  const found = `${version}, answers within ${inWords(Math.max(1, usual))} (slowest of ${pingsMs.length}: ${inWords(Math.max(1, slowest))})`;
  if (role === 'slave') {
    return redis.fail(
      `${found}, and is a replica, which takes no writes`,
      'set REDIS_URL to the primary, or to the sentinels',
      PLACES.redis,
    );
  }
  if (Number.parseInt(version, 10) < OLDEST_VERSION) {
    return redis.warn(found, `Galley is tested with Redis ${OLDEST_VERSION} and newer: upgrade it`, PLACES.redis);
  }
  if (usual <= SLOW_PING_MS) return redis.ok(found);
  return redis.warn(
    found,
    'each change waits for that: look at its CPU and SLOWLOG, and move it nearer',
    PLACES.sizing,
  );
}

export function judgeMemory({ maxmemory_policy: policy, maxmemory, used_memory }: Info): Finding {
  if (policy === undefined || used_memory === undefined) {
    return memory.skipped(
      'this server does not tell its use of memory',
      'watch it where the server runs',
      PLACES.redis,
    );
  }
  const [limit, used] = [Number(maxmemory ?? 0), Number(used_memory)];
  const share = limit === 0 ? 0 : used / limit;
  const found = `${policy}, ${inMegabytes(used)} in use${limit === 0 ? ', no maxmemory' : ` of ${inMegabytes(limit)} (${Math.round(share * 100)} %)`}`;
  if (policy !== 'noeviction') {
    return memory.fail(
      found,
      'set maxmemory-policy noeviction: otherwise Redis throws away the log and sign-outs when it is full',
      PLACES.redis,
    );
  }
  if (share > FULL.failAbove)
    return memory.fail(found, 'give it more memory: when it is full, no change is published', PLACES.sizing);
  if (share > FULL.warnAbove) return memory.warn(found, 'give it more memory, or lower FEED_HISTORY', PLACES.sizing);
  return memory.ok(found);
}

const inMegabytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`;

export function judgePersistence(info: Info, appendfsync: string | undefined): Finding {
  if (info.aof_enabled === undefined) {
    return disk.skipped('this server does not tell its persistence', 'look it up where the server runs', PLACES.redis);
  }
  if (info.aof_enabled !== '1') {
    const todo = 'set appendonly yes: a restart forgets the newest changes and sign-outs';
    const copies = Number(info.connected_slaves ?? 0);
    return copies === 0
      ? disk.fail('appendonly is off, and there is no replica', todo, PLACES.redis)
      : disk.warn(`appendonly is off; ${copies} of its replicas have its data`, todo, PLACES.redis);
  }
  const failed = ['aof_last_write_status', 'aof_last_bgrewrite_status', 'rdb_last_bgsave_status'].filter(
    (field) => (info[field] ?? 'ok') !== 'ok',
  );
  if (failed.length > 0) {
    return disk.fail(
      `cannot write to its disk: ${failed.map((field) => `${field} is ${info[field] ?? ''}`).join(', ')}`,
      'look for a full or broken disk at Redis; until then changes wait in MongoDB',
      PLACES.failures,
    );
  }
  if (appendfsync === 'no') {
    return disk.warn(
      'appendonly yes, appendfsync no',
      'set appendfsync everysec: a power failure loses half a minute',
      PLACES.redis,
    );
  }
  return disk.ok(
    `appendonly yes, ${appendfsync === undefined ? 'appendfsync is not told to this user' : `appendfsync ${appendfsync}`}, written without errors`,
  );
}

/** @returns nothing if there are no replicas */
export function judgeReplicas({ connected_slaves, min_slaves_good_slaves: good }: Info): Finding[] {
  const count = Number(connected_slaves ?? 0);
  if (count === 0) return [];
  const found = `${count} ${count === 1 ? 'replica' : 'replicas'}`;
  if (good !== undefined) return [replicas.ok(`${found}, of which ${good} keep up; min-replicas-to-write is set`)];
  return [
    replicas.warn(
      found,
      'set min-replicas-to-write 1, so that a primary that is cut off stops writing',
      PLACES.failures,
    ),
  ];
}

export function judgeFeed({ head, length, endsAtHead }: FeedFacts, history: number): Finding {
  if (!endsAtHead) {
    return log.fail(
      head ? `its head names change ${head.seq}, which is not its last entry` : 'it has entries, and no head',
      'somebody else has written or deleted keys of Galley: the next change begins a new log, and clients fetch anew',
      PLACES.failures,
    );
  }
  if (!head) return log.ok('there was no change yet');
  return log.ok(`ends at its head, change ${head.seq}; keeps ${length} of at least ${history} changes`);
}
