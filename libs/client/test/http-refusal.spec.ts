import { describe, expect, it } from '@jest/globals';
import { toHttpRefusal } from '../src/wire/http-refusal.js';

const GET = 'GET https://shop.example/orders';
const problem = (fields: object) => JSON.stringify({ code: 'of_tomorrow', detail: 'No', ...fields });
const refusal = (status: number, text = '', retryAfter: string | null = null) =>
  toHttpRefusal(GET, { status, text, retryAfter });

describe('an HTTP answer that is no success', () => {
  it.each([
    [503, { retryable: false }, true],
    [403, { retryable: true }, false],
    [404, { retryable: true }, false],
    [429, { retryable: false }, true],
    // Not a boolean: an answer of something else.
    [403, { retryable: 'no' }, true],
    [503, { retryable: 0 }, false],
  ])('is final if its problem document says so: %i %j', (status, fields, permanent) => {
    expect(refusal(status, problem(fields))).toMatchObject({ code: 'of_tomorrow', message: 'No', permanent });
  });

  it.each([
    ...[400, 401, 403, 404, 405, 410, 413, 422, 431, 451].map((status) => [status, true] as const),
    ...[408, 425, 429, 500, 502, 503, 504].map((status) => [status, false] as const),
  ])('is final by its status if nothing else is said: %i', (status, permanent) => {
    expect(refusal(status, problem({})).permanent).toBe(permanent);
    expect(refusal(status, '<html>').permanent).toBe(permanent);
  });

  it.each(['', '<html>502</html>', '[]', 'null', '7', '"text"', '{"detail":{}}', '{"error":"no"}'])(
    'is told as not of Galley if its body is %j',
    (text) => {
      const error = refusal(502, text);
      expect(error.message).toContain(`${GET} was answered 502, but not by Galley`);
      expect(error.code).toBeUndefined();
    },
  );

  it.each([
    ['20', 20_000],
    ['0', 0],
    ['0.5', 500],
    ['-1', 0],
    ['soon', undefined],
    ['', undefined],
    [null, undefined],
    ['Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ])('says how long to wait: Retry-After %j', (retryAfter, expected) => {
    expect(refusal(503, '', retryAfter).options.retryAfterMs).toBe(expected);
  });

  it('says how long to wait by a date', () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const { retryAfterMs = 0 } = refusal(503, '', inAnHour).options;
    expect(Math.abs(retryAfterMs - 3_600_000)).toBeLessThan(5_000);
  });
});
