import { request } from 'node:http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { AuditLog } from '@galley/runtime';
import { own } from '@galley/testing';
import { FrontProxy } from '../src/front-proxy.js';
import { ServedPages } from '../src/served-pages.js';

let url: string;
let script: string;

beforeAll(async () => {
  const shop = { timeZone: 'Europe/Berlin', shopName: 'Ink & "Sons"', tokenUrl: '/session/token' };
  const pages = new ServedPages({ ...shop, demoDay: true });
  const audit = new AuditLog({ level: 'fatal', format: 'text', name: 'front' });
  const front = new FrontProxy({ total: 100, perAddress: 100 }, audit, pages);
  own(() => front.close());
  url = `http://127.0.0.1:${await front.listen(0, '127.0.0.1')}`;
  [script = ''] = /\/assets\/index-[\w-]+\.js/.exec(await (await fetch(url)).text()) ?? [];
});

/** The answer to a request for exactly this path, which `fetch` would make shorter. */
const statusOf = (path: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    request(url, { path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

describe('the pages', () => {
  it.each([
    '/',
    '/wall',
    '/track/job-1',
    '/track/',
    '/track/job-1/x',
    '/?view=list&q=x',
    '/icon.svg',
    '/manifest.webmanifest',
  ])('are served at %s with a policy that lets nothing foreign and nothing inline run', async (path) => {
    const { status, headers } = await fetch(url + path);
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('have nothing inline, and know the shop', async () => {
    const html = await (await fetch(url)).text();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]+src=)|\son\w+=/);
    expect(html).toContain('name="galley:time-zone" content="Europe/Berlin"');
    expect(html).toContain('name="galley:demo-day" content="yes"');
    expect(html).toContain('name="galley:token-url" content="/session/token"');
  });

  it('tell customers who the shop is, whatever its name', async () => {
    const html = await (await fetch(`${url}/track/job-1`)).text();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]+src=)|\son\w+=/);
    expect(html).toContain('name="galley:shop-name" content="Ink &amp; &quot;Sons&quot;"');
    expect(html).toContain('name="galley:shop-phone" content=""');
  });

  it('are sent again only if they have changed', async () => {
    const { headers } = await fetch(url);
    const again = await fetch(url, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it.each(['br', 'gzip'])('have files that are compressed with %s, and never change', async (encoding) => {
    const { headers } = await fetch(url + script, { headers: { 'accept-encoding': encoding } });
    expect(headers.get('content-encoding')).toBe(encoding);
    expect(headers.get('content-type')).toMatch(/javascript/);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('load again where they ask for a script of another version', async () => {
    const answer = await fetch(`${url}/assets/index-OLDER123.js`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.headers.get('content-type')).toMatch(/javascript/);
    expect(await answer.text()).toContain('location.reload()');
  });

  it('are answered to HEAD without a body', async () => {
    for (const path of ['/', script]) {
      const answer = await fetch(url + path, { method: 'HEAD' });
      expect([answer.status, await answer.text()]).toEqual([200, '']);
    }
  });
});

it.each([
  '/orders',
  '/assets/none.css',
  '/assets/none.js.map',
  '/assets/../../package.json',
  '/assets/%2e%2e/index.html',
  '//',
  '/index.html',
  '/tracking',
])('leaves %s to the services behind it, which are starting', async (path) => {
  expect(await statusOf(path)).toBe(503);
});

it('leaves other methods to them', async () => {
  expect((await fetch(url, { method: 'POST' })).status).toBe(503);
});
