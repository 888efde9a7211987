import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DOCS_PATHS } from '@galley/orders-api/docs/docs-files';
import { exchange } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';

const PAGES = ['/docs', '/docs/events'];
const FOREIGN = /(?:src|href)="(?:https?:)?\/\/|url\(['"]?(?:https?:)?\/\//;

let cluster: TestCluster;
const urlOf = (place: string) => (place === 'front' ? cluster.url : cluster.apiUrl);

/** With tokens, because the description is for those who have none, too. */
beforeAll(async () => {
  cluster = await startCluster({
    gateways: 1,
    settings: { AUTH: 'required', AUTH_JWT_SECRET: 'x'.repeat(32) + '0123456789' },
  });
});

describe.each(['front', 'api'])('the description at the %s', (place) => {
  it.each(DOCS_PATHS)('is read without a token, and only once while it is the same: %s', async (path) => {
    const answer = await fetch(urlOf(place) + path);
    expect(answer.status).toBe(200);
    const { etag = '', ...headers } = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      'content-encoding': 'gzip',
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
    });
    const text = await answer.text();
    expect(text).not.toBe('');
    const again = await fetch(urlOf(place) + path, { headers: { 'if-none-match': etag } });
    expect([again.status, again.headers.get('etag'), await again.text()]).toEqual([304, etag, '']);
    const identity = await fetch(urlOf(place) + path, { headers: { 'accept-encoding': 'identity' } });
    expect(identity.headers.get('content-encoding')).toBeNull();
    expect(await identity.text()).toBe(text);
  });

  it.each(PAGES)('has a page that loads nothing foreign, and nothing inline: %s', async (path) => {
    const page = await fetch(urlOf(place) + path);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:");
    expect(policy).not.toContain('unsafe');
    const html = await page.text();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]+src=)|\son\w+=/);
    const loaded = [...html.matchAll(/<(?:link|script)[^>]* (?:href|src)="([^"]+)"/g)].map(([, file = '']) => file);
    expect(loaded).not.toEqual([]);
    expect(DOCS_PATHS).toEqual(expect.arrayContaining(loaded));
  });

  it.each(['openapi.json', 'asyncapi.json'])('is the file of the repository: %s', async (name) => {
    const answer = await fetch(`${urlOf(place)}/docs/${name}`);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await answer.text()).toBe(readFileSync(`apps/orders-api/docs/${name}`, 'utf8'));
  });

  it('answers HEAD as GET, without a body, and no other method', async () => {
    const { status, headers } = await fetch(`${urlOf(place)}/docs`, { method: 'HEAD' });
    const { length } = Buffer.from(await (await fetch(`${urlOf(place)}/docs`)).arrayBuffer());
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(Number(headers.get('content-length'))).toBeLessThan(length);
    const posted = await fetch(`${urlOf(place)}/docs`, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it.each(['/docs/none', '/docs/assets/none.js', '/docs/assets/..%2f..%2fpackage.json', '/docs/rest.html', '/docs/'])(
    'has no other file: %s',
    async (path) => {
      const bytes = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
      expect(await exchange(urlOf(place), Buffer.from(bytes))).toMatch(/^HTTP\/1\.1 404 .*"code":"route_not_found"/s);
    },
  );
});

it('loads nothing foreign from a style sheet', async () => {
  for (const path of DOCS_PATHS.filter((path) => path.endsWith('.css'))) {
    expect(await (await fetch(cluster.url + path)).text()).not.toMatch(FOREIGN);
  }
});

it('is compressed well', async () => {
  const bundle = '/docs/assets/swagger-ui-bundle.js';
  const answer = await exchange(
    cluster.apiUrl,
    Buffer.from(`GET ${bundle} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`),
  );
  const body = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1');
  expect(gunzipSync(body).length / body.length).toBeGreaterThan(3);
});
