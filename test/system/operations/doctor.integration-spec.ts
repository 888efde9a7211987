import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import mongoose from 'mongoose';
import { beforeAll, expect, it } from '@jest/globals';
import { type Finding } from '@galley/orders-api/doctor/finding';
import { freePort, own, Program, startMongo, startRedis } from '@galley/testing';
import { printedIn } from '../docs/documents.js';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { FakedClock } from '../harness/faked-clock.js';
import { RedisUsers } from '../harness/redis-users.js';
import { databaseOf } from '../harness/replicas.js';

const users = new RedisUsers();

let redis: Redis;
let cluster: TestCluster;
/** What the doctor reads: the stores as their administrator. */
let stores: { REDIS_URL: string; MONGODB_URI: string };

beforeAll(async () => {
  const [mongoService, redisService] = await Promise.all([startMongo(), startRedis()]);
  own(() => mongoService.stop());
  own(() => redisService.stop());
  stores = { REDIS_URL: redisService.url, MONGODB_URI: databaseOf(mongoService.url, 'doctor') };
  redis = new Redis(stores.REDIS_URL);
  own(() => {
    redis.disconnect();
  });
  expect(await new Program('node', ['apps/orders-api/dist/db-indexes.js'], stores).exitCode()).toBe(0);
  cluster = await startCluster({ redisUrl: stores.REDIS_URL, mongodbUri: stores.MONGODB_URI, gateways: 3 });
}, 240_000);

/** Runs the doctor. @returns its exit code, and its findings as `level subject` */
async function examine(env: NodeJS.ProcessEnv = {}, args = ['--url', cluster.url]) {
  const given = { GALLEY_TOKEN: '', AUTH_PRIVATE_KEY: '', AUTH_JWT_SECRET: '', FEED_NAME: 'local', ...stores, ...env };
  const program = new Program('node', ['apps/orders-api/dist/doctor.js', ...args, '--json'], given);
  const code = await program.exitCode();
  const { findings } = JSON.parse(program.output) as { findings: Finding[] };
  const foundOf = (subject: string) => findings.find((finding) => finding.subject === subject)?.found;
  // A busy machine is slow, which is a warning.
  const levels = findings.map(({ level, subject }) => `${level === 'warn' ? 'ok' : level} ${subject}`);
  return { code, levels, foundOf };
}

/** Makes a user with the rights that docker/redis/users.acl gives to the orders API. @returns the URL of Redis for it */
async function loginOfOrdersApi(): Promise<string> {
  const [, rules = ''] = /^user orders-api (.*)$/m.exec(readFileSync(users.acl, 'utf8')) ?? [];
  const ofThisFeed = rules.replaceAll('{orders}', '{local}').match(/\([^)]*\)|\S+/g) ?? [];
  await redis.call('ACL', 'SETUSER', 'orders-api', ...ofThisFeed);
  const url = new URL(stores.REDIS_URL);
  url.username = 'orders-api';
  url.password = users.passwordOf('orders-api');
  return url.href;
}

it('finds nothing wrong with the rights of an orders API', async () => {
  const { code, levels, foundOf } = await examine({ REDIS_URL: await loginOfOrdersApi() });
  expect(levels.filter((level) => !level.startsWith('ok'))).toEqual(['skipped versions']);
  expect(foundOf('Redis disk')).toBe('appendonly yes, appendfsync is not told to this user, written without errors');
  expect(foundOf('indexes')).toBe('all are there');
  expect(code).toBe(0);
});

it('finds what the page shows', async () => {
  await redis.config('SET', 'maxmemory', '384mb');
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const [, shown = ''] = printedIn('docs/OPERATIONS.md', 'Doctor');
  const levelsShown = [...shown.matchAll(/^(ok|warn|fail|skipped) +(\S+(?: \S+)?) {2}/gm)].map((line) =>
    line.slice(1).join(' '),
  );
  const { code, levels } = await examine();
  expect(levels).toEqual(levelsShown);
  expect(code).toBe(1);
});

it('says that Redis forgets, that an index is missing, that changes wait, and that a clock is wrong', async () => {
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
  await redis.config('SET', 'appendonly', 'no');
  const database = await mongoose.createConnection(stores.MONGODB_URI).asPromise();
  own(() => database.close());
  await database.collection('orders').dropIndex('deletedAt_1');
  const waiting = { deleted: true, unpublishedSince: new Date(0), publishedRevision: 1 };
  await database.collection('orders').insertOne({ _id: 'damaged' as never, ...waiting });
  const { code, levels, foundOf } = await examine(new FakedClock(60).env);
  expect(levels.filter((level) => level.startsWith('fail'))).toEqual([
    ...['fail Redis disk', 'fail indexes', 'fail outbox', 'fail clocks'],
  ]);
  expect(foundOf('indexes')).toBe('1 missing: (deletedAt)');
  expect(code).toBe(1);
});

it('examines the stores alone', async () => {
  const { levels } = await examine({}, ['--stores-only']);
  const subjects = levels.map((level) => level.replace(/^\w+ /, ''));
  expect(subjects).toEqual(['Redis', 'Redis memory', 'Redis disk', 'log', 'MongoDB', 'indexes', 'outbox', 'clocks']);
});

it('says that the stores do not answer', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const { code, levels } = await examine({
    REDIS_URL: `redis://${address}`,
    MONGODB_URI: `mongodb://${address}/galley`,
  });
  expect(levels).toEqual(expect.arrayContaining(['ok canary', 'fail Redis', 'fail MongoDB', 'ok clocks']));
  expect(code).toBe(1);
});
