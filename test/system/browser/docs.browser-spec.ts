import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openPage, type BrowserPage } from './chromium.js';
import { expectGoodLooks } from './good-looks.js';

const secret = randomBytes(32).toString('hex');
let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({ gateways: 1, settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
});

/** Opens a page of the description. `problems` are what its policy or its console complain about, and requests to others. */
async function openDocs(path: string): Promise<{ page: BrowserPage; problems: string[] }> {
  const page = await openPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(cluster.url) && !url.startsWith('data:')) problems.push(`asks ${url}`);
  });
  await page.goto(cluster.url + path);
  return { page, problems };
}

/** The part of the page about one operation, unfolded. */
async function unfold(page: BrowserPage, operation: string) {
  const part = page.locator(`#operations-Orders-${operation}`);
  await part.locator('.opblock-summary-control').click();
  return part;
}

/**
 * What Swagger UI itself does not keep: its buttons hold links, its lists have no label, its headings leave out a level, and its
 * introduction is outside of its main part.
 */
const OF_SWAGGER_UI = ['heading-order', 'nested-interactive', 'region', 'select-name'];

const VIEWS = {
  '/docs/events': async (page: BrowserPage) => page.locator('h2#shapes').waitFor(),
  '/docs': async (page: BrowserPage) => {
    const part = await unfold(page, 'placeOrder');
    await part.getByText('Example Value').first().waitFor();
  },
};

describe.each(Object.entries(VIEWS))('the page %s', (path, isReady) => {
  it.each(['light', 'dark'] as const)(
    'has no violation of accessibility and no sideways scrolling, %s',
    async (scheme) => {
      const { page, problems } = await openDocs(path);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await isReady(page);
      // Before axe, which copies imported style sheets into the page, against its policy.
      expect(problems).toEqual([]);
      await expectGoodLooks({ page }, path === '/docs' ? OF_SWAGGER_UI : []);
    },
  );
});

it('sends a request with the token that it was given, and shows the answer', async () => {
  const { page, problems } = await openDocs('/docs');
  const listOrders = await unfold(page, 'listOrders');
  const send = async () => {
    await listOrders.getByRole('button', { name: 'Execute' }).click();
    return listOrders.locator('.live-responses-table tbody .response-col_status').first();
  };
  await listOrders.getByRole('button', { name: 'Try it out' }).click();
  await (await send()).getByText('401').waitFor();
  await page.locator('.scheme-container .btn.authorize').click();
  const dialog = page.locator('.dialog-ux');
  await dialog.locator('input').fill(await mintToken({ secret, role: 'staff', sub: 'sam', expiresIn: 600 }));
  await dialog.locator('.btn.authorize').click();
  await dialog.locator('.btn-done').click();
  await (await send()).getByText('200').waitFor();
  // The browser says that a request was refused.
  expect(problems.filter((problem) => !problem.includes('401'))).toEqual([]);
});

it('leads from REST to the events and back', async () => {
  const { page } = await openDocs('/docs');
  await page.getByRole('link', { name: 'Events', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'events' }).waitFor();
  await page.getByRole('link', { name: 'REST', exact: true }).click();
  await page.locator('#operations-Orders-placeOrder').waitFor();
});
