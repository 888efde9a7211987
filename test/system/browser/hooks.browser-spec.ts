import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { bundle } from './bundle.js';
import { openPage, show, type BrowserPage } from './chromium.js';
import { hooksPageOf } from './hooks-page-of.js';

const PROGRAM = 'test/system/browser/pages/hooks.tsx';
let cluster: TestCluster;
let page: BrowserPage;
let sockets: { isClosed: () => boolean }[];
let listRequests: string[];

beforeEach(async () => {
  page = await openPage();
  sockets = [];
  listRequests = [];
  page.on('websocket', (socket) => sockets.push(socket));
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname.startsWith('/orders')) listRequests.push(pathname + search);
  });
});

const live = () => page.getByRole('status').getByText('live', { exact: true }).waitFor();
const text = () => page.locator('ul').innerText();
const showViews = async (...views: string[]) =>
  (await hooksPageOf(page)).evaluate((hooksPage, views) => {
    hooksPage.show(views);
  }, views);
const read = async <Name extends 'rendered' | 'announcements' | 'hydrationProblems'>(name: Name) =>
  (await hooksPageOf(page)).evaluate((hooksPage, name) => hooksPage[name], name);

describe.each([18, 19] as const)('with React %s', (react) => {
  let scripts: Record<'development' | 'production', string>;

  beforeAll(async () => {
    cluster = await startCluster();
    for (let i = 0; i < 50; i++) await cluster.orders.place({ orderId: `job-${i}` });
    const [development, production] = [{ mode: 'development', react } as const, { react }];
    scripts = { development: await bundle(PROGRAM, development), production: await bundle(PROGRAM, production) };
  });

  it('renders a row only when its order has changed', async () => {
    await show(page, cluster.url, scripts.production);
    await live();
    expect(await read('rendered')).toHaveLength(50);
    const changed = ['job-7', 'job-21', 'job-40'];
    for (const orderId of changed) await cluster.orders.change(orderId, { quantity: 7 });
    await waitFor(async () => (await read('rendered')).includes('job-40:2'), 'the last change');
    // Changes that arrive together are rendered together, from the top of the list.
    expect((await read('rendered')).slice(50).sort()).toEqual(changed.map((orderId) => `${orderId}:2`).sort());
  });

  it('has one connection, and one tracker a scope, however many components there are', async () => {
    await show(page, cluster.url, scripts.development);
    await showViews('open', 'open', 'printing', 'printing', 'job-1', 'job-1', 'job-2');
    await live();
    await cluster.orders.change('job-1', { status: 'In Printing' });
    await waitFor(
      async () => (await text()).split('job-1 is In Printing').length === 3,
      'both components of the order',
    );
    await waitFor(async () => (await text()).split('job-1:In Printing').length === 5, 'all lists');
    expect(sockets).toHaveLength(1);
    // One request for each of two scopes and two orders.
    expect([listRequests.length, new Set(listRequests).size]).toEqual([4, 4]);
  });

  it('goes on with the same tracker when the next page of a program wants it, and disconnects when none does', async () => {
    await show(page, cluster.url, scripts.development);
    await live();
    const requests = listRequests.length;
    await showViews();
    await showViews('open');
    await live();
    expect([sockets.length, listRequests.length]).toEqual([1, requests]);
    await showViews();
    await waitFor(() => sockets[0]?.isClosed(), 'the end of the connection');
    await page.getByRole('status').getByText('offline').waitFor();
    await showViews('open');
    await live();
    expect(sockets).toHaveLength(2);
  });

  it('lets effects hear events', async () => {
    await show(page, cluster.url, scripts.development);
    await live();
    await cluster.orders.announce('Closed on Friday');
    await waitFor(async () => (await read('announcements')).length > 0, 'the announcement');
    expect(await read('announcements')).toEqual(['Closed on Friday']);
  });

  it('takes over a page that a server has rendered, without a difference', async () => {
    await show(page, cluster.url, scripts.development, '#server');
    expect(await (await hooksPageOf(page)).evaluate(({ hydrate }) => hydrate())).toBe('offline');
    expect(sockets).toEqual([]);
    await live();
    await waitFor(async () => (await text()).includes('job-0'), 'the orders');
    expect(await read('hydrationProblems')).toEqual([]);
  });
});
