import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { type TrackingLink } from '@galley/contracts';
import { OrdersClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { type BrowserPage } from './chromium.js';
import { closePages, expectHeadline, expectLive, openTracking } from './tracking-page.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const secret = randomBytes(32).toString('hex');

let cluster: TestCluster;
let staff: OrdersClient;

beforeAll(async () => {
  cluster = await startCluster({
    settings: { AUTH: 'required', AUTH_JWT_SECRET: secret },
    timeZone: 'Europe/Berlin',
    shopName: 'Offizin Birkenhof',
    shopPhone: '+49 30 1234567',
  });
  staff = new OrdersClient(cluster.url, await mintToken({ secret, role: 'staff', sub: 'ben', expiresIn: 600 }));
});

afterEach(closePages);

let placed = 0;

/** Places an order, and makes a tracking link to it. */
async function linkToOrder(order: object = {}): Promise<TrackingLink> {
  const orderId = `GL-${++placed}`;
  const { status } = await staff.place({ orderId, title: 'Field guide to mosses', quantity: 3_200, ...order });
  expect(status).toBe(201);
  const { body } = await staff.send('POST', `/orders/${orderId}/tracking-links`, {});
  return body as TrackingLink;
}

const addressOf = ({ url }: TrackingLink) => new URL(url, cluster.url).href;

/** The same token, signed again with other claims. */
function withClaims(token: string, changes: object): string {
  const [head = '', claims = ''] = token.split('.');
  const changed = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), ...changes };
  const content = `${head}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

const refuseSockets = (page: BrowserPage) => page.routeWebSocket(/socket\.io/, (socket) => socket.close());

describe('a tracking link', () => {
  it('leads to a page that tells of the order, and of each change as it comes', async () => {
    const link = await linkToOrder({ estimatedDate: '2099-12-03', status: 'In Printing' });
    const tracking = await openTracking(addressOf(link));
    await expectHeadline(tracking, 'Your order is being printed');
    await expectLive(tracking);
    const { page, problems } = tracking;
    await page.getByText('Field guide to mosses, 3,200 copies').waitFor();
    await page.getByText('Thu 3 Dec 2099', { exact: true }).waitFor();

    const change = { status: 'In Binding', estimatedDate: '2099-12-04', message: 'Bound today', note: 'a secret' };
    await staff.change(link.orderId, change);
    await expectHeadline(tracking, 'Your order is being bound');
    await page.getByText('Fri 4 Dec 2099', { exact: true }).waitFor();
    await page.getByText('moved from Thu 3 to Fri 4 Dec 2099').waitFor();
    await page.getByText('Bound today').waitFor();
    expect(await page.locator('.steps [aria-current=step]').innerText()).toMatch(/Binding\s+today, \d\d:\d\d/);
    expect(await page.title()).toContain('Your order is being bound');

    await staff.change(link.orderId, { title: 'Field guide to ferns' });
    await page.getByText('Field guide to ferns, 3,200 copies').waitFor();
    expect(await page.locator('html').innerHTML()).not.toMatch(/\bben\b|secret/);
    expect(problems).toEqual([]);
  });

  it('says who the shop is, and how to call it', async () => {
    const { page } = await openTracking(addressOf(await linkToOrder()));
    await page.getByText('Offizin Birkenhof').waitFor();
    expect(await page.getByRole('link', { name: 'Call the shop' }).getAttribute('href')).toBe('tel:+49 30 1234567');
  });

  it('leads to the page in German where that is preferred, and keeps the order when the language is changed', async () => {
    const { page } = await openTracking(addressOf(await linkToOrder()).replace('#', '?lang=de#'));
    await page.getByText('Ihr Auftrag ist in Produktion').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.getByRole('link', { name: 'EN', exact: true }).click();
    await page.getByText('Your order is in production').waitFor();
  });

  it('ends with its order: the page says that kindly, at once and whenever it is opened again', async () => {
    const link = await linkToOrder();
    const tracking = await openTracking(addressOf(link));
    await expectLive(tracking);
    await staff.send('DELETE', `/orders/${link.orderId}`);
    await expectHeadline(tracking, 'This order is no longer here');
    expect(await tracking.page.locator('.steps').isVisible()).toBe(false);
    expect(tracking.problems).toEqual([]);
    await expectHeadline(await openTracking(addressOf(link)), 'This order is no longer here');
  });

  it('that has expired is told so', async () => {
    const link = await linkToOrder();
    const now = Math.floor(Date.now() / 1_000);
    const token = withClaims(link.token, { iat: now - 1_000, exp: now - 100 });
    const tracking = await openTracking(addressOf(link).replace(link.token, token));
    await expectHeadline(tracking, 'This link has run out');
    expect(tracking.problems).toEqual([]);
  });

  it('that expires while it is open is told so', async () => {
    const link = await linkToOrder();
    const token = withClaims(link.token, { exp: Math.floor(Date.now() / 1_000) + 6 });
    const tracking = await openTracking(addressOf(link).replace(link.token, token));
    await expectLive(tracking);
    await expectHeadline(tracking, 'This link has run out');
  });

  it('that the shop ends is told so, while it is open too', async () => {
    const link = await linkToOrder();
    const tracking = await openTracking(addressOf(link));
    await expectLive(tracking);
    await staff.send('DELETE', `/sessions/${encodeURIComponent(link.sub)}`);
    await expectHeadline(tracking, 'This link was ended');
  });

  it.each([
    ['without its token', (url: string) => url.replace(/#.*/, '')],
    ['with a part of its token', (url: string) => url.slice(0, -20)],
    ['to another order', (url: string) => url.replace(/GL-\d+/, 'GL-0')],
    ['to what is no order', (url: string) => url.replace(/GL-\d+/, '-')],
  ])('%s leads to no order', async (_what, broken) => {
    const tracking = await openTracking(broken(addressOf(await linkToOrder())));
    await expectHeadline(tracking, 'This link leads to no order');
    expect(tracking.problems).toEqual([]);
  });
});

describe('where the connection is bad', () => {
  it('the page is right without a socket: it asks by REST, and says that it is not live', async () => {
    const link = await linkToOrder({ status: 'In Printing' });
    const tracking = await openTracking(addressOf(link), refuseSockets);
    await expectHeadline(tracking, 'Your order is being printed');
    await staff.change(link.orderId, { status: 'In Binding' });
    await expectHeadline(tracking, 'Your order is being bound');
    await tracking.page.getByText(/^Not live\. Looked up at \d\d:\d\d/).waitFor();
  });

  it('an open page says that it is offline and what it shows, and catches up by itself', async () => {
    const link = await linkToOrder({ status: 'In Printing' });
    const tracking = await openTracking(addressOf(link));
    await expectLive(tracking);
    const { page } = tracking;
    await page.context().setOffline(true);
    await staff.change(link.orderId, { status: 'In Binding', message: 'Bound' });
    await page.getByText(/^Offline since \d\d:\d\d/).waitFor();
    await page.getByText(/You see what we knew at \d\d:\d\d/).waitFor();
    await expectHeadline(tracking, 'Your order is being printed');
    await page.context().setOffline(false);
    await expectHeadline(tracking, 'Your order is being bound');
    await expectLive(tracking);
    await page.getByText('Bound', { exact: true }).waitFor();
  });

  it('a page that could not load what follows the order tries again by itself', async () => {
    const link = await linkToOrder();
    const tracking = await openTracking(addressOf(link), (page) =>
      page.route(/\/assets\/read-/, (route) => route.abort(), { times: 1 }),
    );
    await expectHeadline(tracking, 'Your order is in production');
    await expectLive(tracking);
    expect(tracking.problems).toEqual([]);
  });

  it('a page that was opened in vain tries again by itself', async () => {
    const link = await linkToOrder();
    const tracking = await openTracking(addressOf(link), (page) =>
      page.route('**/orders/**', (route) => route.abort()),
    );
    await expectHeadline(tracking, 'We cannot look it up right now');
    await tracking.page.unroute('**/orders/**');
    await expectHeadline(tracking, 'Your order is in production');
  });
});

/** What leads to each state of the page. */
const STATES: Record<string, () => Promise<{ url: string; headline: string; prepare?: typeof refuseSockets }>> = {
  'on its way': async () => {
    const link = await linkToOrder({ estimatedDate: '2099-12-03' });
    await staff.change(link.orderId, { status: 'In Binding', estimatedDate: '2099-12-04', message: 'Bound today' });
    return { url: addressOf(link), headline: 'Your order is being bound' };
  },
  'late and not live': async () => {
    const link = await linkToOrder({ estimatedDate: '2026-01-02' });
    await staff.change(link.orderId, { status: 'Packaging', estimatedDate: '2099-01-03' });
    return { url: addressOf(link), headline: 'Your order is running late', prepare: refuseSockets };
  },
  complete: async () => {
    const link = await linkToOrder({ status: 'Delivery', title: 'W'.repeat(200) });
    await staff.change(link.orderId, { closed: true });
    return { url: addressOf(link), headline: 'Your order is complete' };
  },
  unknown: async () => ({
    url: addressOf(await linkToOrder()).slice(0, -9),
    headline: 'This link leads to no order',
  }),
};

it.each(Object.entries(STATES))(
  'the page of an order that is %s has no violation of accessibility and no sideways scrolling, light and dark',
  async (_name, lead) => {
    const { url, headline, prepare } = await lead();
    const tracking = await openTracking(url, prepare);
    await expectHeadline(tracking, headline);
    const { page } = tracking;
    await page.evaluate(AXE);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const violations = await page.evaluate<unknown[]>('axe.run().then(({ violations }) => violations)');
      expect(violations).toEqual([]);
      const { clientWidth, scrollWidth } = await page.evaluate<{ clientWidth: number; scrollWidth: number }>(
        '({ clientWidth: document.documentElement.clientWidth, scrollWidth: document.documentElement.scrollWidth })',
      );
      expect(scrollWidth).toBe(clientWidth);
    }
  },
);
