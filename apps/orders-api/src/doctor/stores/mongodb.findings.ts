import { LATE_AFTER_MS } from '@galley/change-feed';
import { inWords } from '../durations.js';
import { about, PLACES, type Finding } from '../finding.js';
import { MOST_COUNTED, type MongoFacts, type UnpublishedFacts } from './mongodb.facts.js';

const FAIL_AFTER_MS = 60_000;
const SLOW_ANSWER_MS = 200;

const mongodb = about('MongoDB');
const indexes = about('indexes');
const unpublished = about('outbox');

export const judgeMongo = (facts: MongoFacts): Finding[] => [
  judgeDatabase(facts),
  judgeIndexes(facts.missingIndexes),
  judgeUnpublished(facts.unpublished),
];

export const judgeSilentMongo = (reason: string): Finding =>
  mongodb.fail(reason, 'until it is back, orders are answered 503', PLACES.failures);

export const judgeUnknownMongo = (): Finding =>
  mongodb.skipped('not asked', 'set MONGODB_URI to that of the orders API', PLACES.doctor);

export function judgeDatabase({ version, topology, members, writeConcern, tookMs }: MongoFacts): Finding {
  const place = topology === 'a replica set' ? `${topology} of ${members}` : topology;
  const found = `${version ?? 'of an unknown version'}, ${place}, answers within ${inWords(Math.max(1, tookMs))}; writes wait for w: ${writeConcern}`;
  if (writeConcern !== 'majority') {
    return mongodb.fail(found, 'use w: majority: with less, a failover loses acknowledged orders', PLACES.failures);
  }
  if (topology === 'a replica set' && members < 3) {
    return mongodb.warn(found, 'give it three members: with fewer, the loss of one stops all writes', PLACES.mongodb);
  }
  if (tookMs <= SLOW_ANSWER_MS) return mongodb.ok(found);
  return mongodb.warn(found, 'each write waits for that: look at its load, and move it nearer', PLACES.monitoring);
}

export function judgeIndexes(missing: readonly string[]): Finding {
  if (missing.length === 0) return indexes.ok('all are there');
  return indexes.fail(
    `${missing.length} missing: ${missing.map((fields) => `(${fields})`).join(', ')}`,
    'run npm run db:indexes: without them each list reads every order',
    PLACES.mongodb,
  );
}

export function judgeUnpublished({ orders, oldestMs }: UnpublishedFacts): Finding {
  if (orders === 0) return unpublished.ok('every change is published');
  const number =
    orders >= MOST_COUNTED
      ? `${MOST_COUNTED} or more orders have`
      : `${orders} ${orders === 1 ? 'order has' : 'orders have'}`;
  const found = `${number} changes that are not published, the oldest for ${inWords(oldestMs)}`;
  if (oldestMs <= LATE_AFTER_MS) return unpublished.ok(found);
  const todo = 'is Redis away, full or read-only, is no orders API running, or does its log name a damaged document?';
  return oldestMs <= FAIL_AFTER_MS
    ? unpublished.warn(found, todo, PLACES.silence)
    : unpublished.fail(found, todo, PLACES.silence);
}
