import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { type BrowserPage } from './chromium.js';
import { openBoard } from './board-page.js';
import { closePages, expectHeadline, openTracking } from './tracking-page.js';

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.orders.place({ orderId: 'GL-1', title: 'Poetry', status: 'In Printing' });
});

afterEach(closePages);

/** Asks for a file of another version as often as this, as a page does that was loaded before an update. */
const asIfOlder = (page: BrowserPage, file: RegExp, times: number) =>
  page.route(
    file,
    async (route) => {
      await route.continue({
        url: route
          .request()
          .url()
          .replace(/-[\w-]{8}\./, '-OLDER123.'),
      });
    },
    { times },
  );

const SCRIPT = /\/track-[\w-]{8}\.js/;

/** What a page loads, in the order in which the tracking page needs it. */
const OF_THE_TRACKING_PAGE: [string, RegExp][] = [
  ['its script', SCRIPT],
  ['its words', /\/german-tracking-[\w-]{8}\.js/],
  ['its style', /\/track-[\w-]{8}\.css/],
  ['what follows the order', /\/read-[\w-]{8}\.js/],
];

it.each(OF_THE_TRACKING_PAGE)(
  'a tracking page that was loaded before an update loads again, whatever is not of its version: %s',
  async (_part, file) => {
    const tracking = await openTracking(`${cluster.url}/track/GL-1?lang=de`, (page) => asIfOlder(page, file, 1));
    await tracking.page.getByText('Live: Diese Seite ändert sich von selbst').waitFor();
    await expectHeadline(tracking, 'Ihr Auftrag wird gedruckt');
    const width = "getComputedStyle(document.querySelector('.track')).maxWidth";
    expect(await tracking.page.evaluate<string>(width)).toBe('512px');
  },
);

it('a page that is loaded while an update is under way loads until it meets one version', async () => {
  const tracking = await openTracking(`${cluster.url}/track/GL-1`, (page) => asIfOlder(page, SCRIPT, 4));
  await expectHeadline(tracking, 'Your order is being printed');
});

it('a board that has been open since before an update loads again where it needs another part, and shows what was asked for', async () => {
  const { page, problems } = await openBoard(cluster.url);
  await asIfOlder(page, /\/closed-orders-[\w-]{8}\.js/, 1);
  await page.getByRole('button', { name: 'Closed' }).click();
  await page.getByText('No order matches.').waitFor();
  expect(problems).toEqual([]);
});

it('a board loads again if the style of a part is not of its version', async () => {
  const { page, card } = await openBoard(cluster.url);
  await asIfOlder(page, /\/order-panel-[\w-]{8}\.css/, 1);
  await card('GL-1').click();
  await page.getByRole('button', { name: 'Make a tracking link' }).waitFor();
});
