import { describe, expect, it } from '@jest/globals';
import { type Answer } from './front.js';
import { judgeReadiness } from './readiness.js';

const answer = (status: number, body: unknown): Answer => ({
  ...{ status, text: typeof body === 'string' ? body : JSON.stringify(body), headers: new Headers(), tookMs: 1 },
});
const judge = (status: number, body: unknown) => judgeReadiness('http://shop', answer(status, body));
const report = (status: string, feed: object) => ({ status, info: {}, error: {}, details: { feed } });

describe('the answer of /health/ready', () => {
  it('is right if the replica is ready', () => {
    expect(judge(200, report('ok', { status: 'up' }))).toMatchObject({ level: 'ok' });
  });

  it('is a warning with all that is known, if the replica is degraded', () => {
    const feed = { status: 'degraded', reason: 'changes are not published', unpublished: 3, oldestWaitedMs: 9_000 };
    expect(judge(200, report('ok', feed))).toMatchObject({ level: 'ok' });
    expect(judge(200, report('degraded', feed))).toMatchObject({
      level: 'warn',
      found: 'the orders API is degraded: feed: changes are not published, unpublished 3, oldestWaitedMs 9000',
    });
  });

  it('is a failure if the replica takes no requests', () => {
    const store = report('error', { status: 'down', reason: 'The database does not answer' });
    expect(judge(503, store)).toMatchObject({ level: 'fail', found: expect.stringContaining('does not answer') });
  });

  it.each([
    [404, '<html>', '404'],
    [200, 'hello', '200'],
    [503, { detail: 'Galley is starting' }, '503: Galley is starting'],
  ])('is a failure if something else answers %i', (status, body, told) => {
    expect(judge(status, body)).toMatchObject({ level: 'fail', found: expect.stringContaining(told) });
  });
});
