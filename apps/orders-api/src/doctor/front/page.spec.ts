import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { judgeBodyLimit, judgeCompression, judgePageHeaders, judgeRedirect } from './page.js';

const OF_PAGES = JSON.parse(readFileSync('apps/web/headers.json', 'utf8')) as Record<string, string>;
const PAGE = '<!doctype html><title>Galley</title>';

const page = (headers: Record<string, string>, { status = 200, text = PAGE } = {}) => ({
  ...{ status, text, headers: new Headers(headers) },
});

describe('the headers of the page', () => {
  it('are right as the pages are served', () => {
    expect(judgePageHeaders(page(OF_PAGES), false)).toMatchObject({ level: 'ok' });
  });

  it.each(['content-security-policy', 'x-content-type-options', 'referrer-policy'])('are wrong without %s', (name) => {
    const others = Object.fromEntries(Object.entries(OF_PAGES).filter(([other]) => other !== name));
    expect(judgePageHeaders(page(others), false)).toMatchObject({
      ...{ level: 'fail', found: expect.stringContaining(name) },
    });
  });

  it('should have strict-transport-security where there is TLS', () => {
    expect(judgePageHeaders(page(OF_PAGES), true)).toMatchObject({ level: 'warn' });
    const withIt = { ...OF_PAGES, 'strict-transport-security': 'max-age=31536000' };
    expect(judgePageHeaders(page(withIt), true)).toMatchObject({ level: 'ok' });
  });

  it('are not judged where there is no page', () => {
    expect(judgePageHeaders(page({}, { status: 404 }), false)).toMatchObject({ level: 'skipped' });
    expect(judgePageHeaders(page({}, { text: '{}' }), false)).toMatchObject({ level: 'skipped' });
  });
});

it.each([
  ['ok', 200, { 'content-encoding': 'gzip' }],
  ['warn', 200, {}],
  ['fail', 404, {}],
])('says %s about a script that is answered %i with %j', (level, status, headers) => {
  expect(judgeCompression(page(headers, { status }))).toMatchObject({ level });
});

it.each([
  ['ok', 308, 'https://shop.example/'],
  ['warn', 308, 'http://shop.example/'],
  ['warn', 200, ''],
])('says %s about plain HTTP that is answered %i %s', (level, status, location) => {
  expect(judgeRedirect(page({ location }, { status }))).toMatchObject({ level });
});

it.each([
  ['ok', { status: 413 }],
  ['ok', { status: 401 }],
  ['ok', 'other side closed'],
  ['warn', { status: 400 }],
  ['warn', { status: 201 }],
] as const)('says %s about a large request that is answered %j', (level, answer) => {
  expect(judgeBodyLimit(answer)).toMatchObject({ level });
});
