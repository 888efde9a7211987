import { describe, expect, it } from '@jest/globals';
import { type MongoFacts } from './mongodb.facts.js';
import { judgeDatabase, judgeIndexes, judgeUnpublished } from './mongodb.findings.js';

const HEALTHY: MongoFacts = {
  version: '8.0.4',
  topology: 'a replica set',
  members: 3,
  writeConcern: 'majority',
  missingIndexes: [],
  tookMs: 2,
  unpublished: { orders: 0, oldestMs: 0 },
};

describe('MongoDB', () => {
  it.each<[string, string, Partial<MongoFacts>]>([
    ['ok', 'healthy', {}],
    ['ok', 'a single server', { topology: 'a single server', members: 1 }],
    ['warn', 'two members', { members: 2 }],
    ['warn', 'slow', { tookMs: 900 }],
    ['fail', 'acknowledging before a majority has the write', { writeConcern: '1' }],
  ])('is %s if it is %s', (level, _what, different) => {
    expect(judgeDatabase({ ...HEALTHY, ...different })).toMatchObject({ level });
  });

  it('names the indexes that are missing', () => {
    expect(judgeIndexes([])).toMatchObject({ level: 'ok' });
    expect(judgeIndexes(['deletedAt', 'deleted, status'])).toMatchObject({
      ...{ level: 'fail', found: '2 missing: (deletedAt), (deleted, status)' },
    });
  });

  it.each([
    ['ok', 0, 0],
    ['ok', 3, 4_000],
    ['warn', 3, 20_000],
    ['fail', 1, 120_000],
  ])('has an outbox that is %s with %i orders, the oldest for %i ms', (level, orders, oldestMs) => {
    expect(judgeUnpublished({ orders, oldestMs })).toMatchObject({ level });
  });
});
