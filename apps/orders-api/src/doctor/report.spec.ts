import { describe, expect, it } from '@jest/globals';
import { about, PLACES, type Finding } from './finding.js';
import { countLevels, describeFinding, exitCodeOf, summarize, toJson } from './report.js';

const redis = about('Redis');
const ok = redis.ok('answers');
const warn = redis.warn('is slow', 'move it nearer', PLACES.sizing);
const fail = redis.fail('is away', 'start it');
const skipped = redis.skipped('not asked', 'set REDIS_URL');

describe('the report of the doctor', () => {
  it('has one line for what is right', () => {
    expect(describeFinding(ok, false)).toBe('ok       Redis         answers\n');
  });

  it('says below what is wrong what to do, and where the documents say more', () => {
    expect(describeFinding(warn, false)).toBe(
      'warn     Redis         is slow\n                       -> move it nearer (docs/OPERATIONS.md#sizing)\n',
    );
    expect(describeFinding(fail, false)).toBe('fail     Redis         is away\n                       -> start it\n');
  });

  it('has colours only if it may', () => {
    expect(describeFinding(fail, false)).not.toContain('\u001b');
  });

  it('ends with the numbers', () => {
    expect(summarize([ok, ok, warn, skipped])).toBe('4 checks: 2 ok, 1 warn, 0 fail, 1 skipped\n');
  });

  it.each<[0 | 1, string, Finding[]]>([
    [0, 'everything is right', [ok]],
    [0, 'there are warnings and skipped checks only', [ok, warn, skipped]],
    [1, 'something has failed', [ok, fail, ok]],
  ])('has the exit code %i if %s', (code, _when, findings) => {
    expect(exitCodeOf(findings)).toBe(code);
  });

  it('is for machines, too', () => {
    const findings = [ok, fail];
    expect(JSON.parse(toJson(findings))).toEqual({ counts: countLevels(findings), findings });
  });
});
