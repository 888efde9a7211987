import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { beforeAll, it } from '@jest/globals';
import { own } from '@galley/testing';
import { openPage, type BrowserPage } from '../browser/chromium.js';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { printedIn } from './documents.js';
import { Terminal } from './terminal.js';

/** How long the package of the SDK may take to be built on a busy machine. */
const BUILD_MS = 180_000;

let cluster: TestCluster;
let terminal: Terminal;
let page: BrowserPage;
let shop: string;

/** The page that the shop's own server has now. */
let served = '';

beforeAll(async () => {
  cluster = await startCluster({ settings: { AUTH: 'open', ALLOWED_ORIGINS: 'http://localhost:*' } });
  terminal = new Terminal(cluster.url);
  page = await openPage();
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(served);
  }).listen(0, 'localhost');
  own(() => server.close());
  await once(server, 'listening');
  shop = `http://localhost:${(server.address() as AddressInfo).port}`;
});

async function open(text: string, hash = ''): Promise<void> {
  served = terminal.here(text);
  await page.goto('about:blank');
  await page.goto(shop + hash);
}

it.each(['docs/examples/board.html', 'docs/examples/changes.html'])('runs %s in a browser', async (file) => {
  await open(readFileSync(file, 'utf8'));
  const orderId = file.replaceAll(/\W/g, '-');
  // A page that has not connected yet hears of the next order.
  const placing = setInterval(() => void cluster.orders.place({ orderId: `${orderId}-${Date.now()}` }), 500);
  own(() => {
    clearInterval(placing);
  });
  await page.getByText(orderId).first().waitFor();
  clearInterval(placing);
});

it('shows the status of an order in the page of a shop, as docs/examples/status.html does', async () => {
  await cluster.orders.place({ orderId: 'job-1' });
  const { body } = await cluster.orders.send<{ token: string }>('POST', '/orders/job-1/tracking-links', {});
  await open(readFileSync('docs/examples/status.html', 'utf8'), `/#job-1=${body.token}`);
  const status = page.getByRole('status');
  await status.getByText('In Production').waitFor();
  await cluster.orders.change('job-1', { status: 'In Binding' });
  await status.getByText('In Binding').waitFor();
  await cluster.orders.change('job-1', { closed: true });
  await status.getByText('Done').waitFor();
  await cluster.orders.remove('job-1');
  await status.getByText('This order has been deleted').waitFor();
});

it(
  'tracks orders in a page without a bundler, as docs/CLIENT_SDK.md prints it',
  async () => {
    await terminal.run('npm run --silent build:client');
    const [text = ''] = printedIn('docs/CLIENT_SDK.md', 'In a browser', 'html');
    // "The gateway serves the rest": the page comes from the same origin.
    const told = 'tracker.subscribe(() => (document.title = tracker.getSnapshot().connection));';
    const body = text.replace(/(trackOrders\(.*\);)/, `$1 ${told}`);
    await page.route(`${cluster.url}/client-page`, (route) => route.fulfill({ contentType: 'text/html', body }));
    await page.route(`${cluster.url}/client/*`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice('/client/'.length);
      await route.fulfill({
        contentType: 'text/javascript',
        body: readFileSync(`libs/client/package/${name}`, 'utf8'),
      });
    });
    await page.goto(`${cluster.url}/client-page`);
    await page.waitForFunction('document.title === "live"');
  },
  BUILD_MS,
);
