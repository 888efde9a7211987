import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { type TrackingLink } from '@galley/contracts';
import { expectHeadline, expectLive, openTracking } from '../browser/tracking-page.js';
import { GALLEY_TOKEN, GALLEY_URL, orders } from '../harness/compose-stack.js';

const HEADERS = JSON.parse(readFileSync('apps/web/headers.json', 'utf8')) as Record<string, string>;

/** The body of the answer to a POST by curl. */
async function curl(path: string, body: object): Promise<unknown> {
  const headers = [
    'content-type: application/json',
    ...(GALLEY_TOKEN ? [`authorization: Bearer ${GALLEY_TOKEN}`] : []),
  ];
  const args = ['-fsS', GALLEY_URL + path, ...headers.flatMap((header) => ['-H', header]), '-d', JSON.stringify(body)];
  return JSON.parse((await promisify(execFile)('curl', args)).stdout);
}

it('leads from a tracking link made with curl to a page in a browser that is live', async () => {
  const orderId = randomUUID();
  await curl('/orders', { orderId, customerId: 'ana', title: 'Poetry', quantity: 300, estimatedDate: '2099-12-03' });
  const link = (await curl(`/orders/${orderId}/tracking-links`, {})) as TrackingLink;
  const tracking = await openTracking(new URL(link.url, GALLEY_URL).href);
  await expectHeadline(tracking, 'Your order is in production');
  await expectLive(tracking);
  await orders.change(orderId, { status: 'In Binding', estimatedDate: '2099-12-04' });
  await expectHeadline(tracking, 'Your order is being bound');
  await tracking.page.getByText('moved from Thu 3 to Fri 4 Dec 2099').waitFor();
  await orders.send('DELETE', `/orders/${orderId}`);
  await expectHeadline(tracking, 'This order is no longer here');
  expect(tracking.problems).toEqual([]);
});

it.each(['/', '/wall', '/track/job-1', '/icon.svg', '/manifest.webmanifest'])(
  'serves %s with the policy and the other headers of npm start',
  async (path) => {
    const { status, headers } = await fetch(GALLEY_URL + path);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({ ...HEADERS, 'cache-control': 'no-cache' });
  },
);

it.each(['br', 'gzip'])('serves files that were compressed with %s, and never change', async (encoding) => {
  const page = await (await fetch(`${GALLEY_URL}/track/job-1`)).text();
  for (const [file = ''] of page.matchAll(/\/assets\/[\w-]+\.(js|css)/g)) {
    const { status, headers } = await fetch(GALLEY_URL + file, { headers: { 'accept-encoding': encoding } });
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      ...HEADERS,
      'content-encoding': encoding,
      'content-type': expect.stringMatching(file.endsWith('.js') ? /javascript/ : /css/),
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
    });
  }
});

it('keeps no answer for a year that says that there is no such file', async () => {
  const { status, headers } = await fetch(`${GALLEY_URL}/assets/none.css`);
  expect([status, headers.get('cache-control')]).toEqual([404, 'no-store']);
});

it('sends an unchanged page only once', async () => {
  const { headers } = await fetch(`${GALLEY_URL}/track/job-1`);
  const again = await fetch(`${GALLEY_URL}/track/job-2`, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
  expect(again.status).toBe(304);
});

it.each(['/docs', '/docs/events', '/docs/openapi.json', '/docs/asyncapi.json', '/docs/assets/swagger-ui-bundle.js'])(
  'serves the description of the API from the image of the API, without a token: %s',
  async (path) => {
    const { status, headers } = await fetch(GALLEY_URL + path);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-cache']);
  },
);
