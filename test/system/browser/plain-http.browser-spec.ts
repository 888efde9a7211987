import { beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { expectCards, openBoard } from './board-page.js';
import { expectLive, openTracking } from './tracking-page.js';

/** What Chromium says of each page without TLS that has the header. The header does no harm there. */
const IGNORED_HEADER = 'The Cross-Origin-Opener-Policy header has been ignored';

let cluster: TestCluster;
/** The cluster by a name in the network of the shop. */
let url: string;

beforeAll(async () => {
  cluster = await startCluster({ settings: { ALLOWED_HOSTS: 'shop.test' }, demoDay: true });
  url = cluster.url.replace('127.0.0.1', 'shop.test');
});

describe('in a network without TLS, where browsers withhold what only secure pages have', () => {
  it('orders are placed, moved, edited and taken back', async () => {
    const board = await openBoard(url);
    const { page, card, column } = board;
    expect(await page.evaluate<boolean>('isSecureContext')).toBe(false);
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Title').fill('Posters');
    await dialog.getByLabel('Customer', { exact: true }).fill('Café Lumen');
    await dialog.getByLabel('Order made up if empty').fill('GL-1');
    await dialog.getByLabel('Quantity').fill('100');
    await dialog.getByRole('button', { name: 'Place order' }).click();
    await dialog.waitFor({ state: 'detached' });
    await card('GL-1').dragTo(column('Packaging'));
    await expectCards(board, 'Packaging', ['GL-1']);
    await page.keyboard.press('Control+z');
    await expectCards(board, 'In Production', ['GL-1']);
    await waitFor(async () => (await cluster.orders.get('GL-1')).body.revision === 3, 'the order to be moved back');
    expect(board.problems.filter((text) => !text.startsWith(IGNORED_HEADER))).toEqual([]);
  });

  it('a tracking link is selected, to be copied by hand', async () => {
    await cluster.orders.place({ orderId: 'GL-2' });
    const { page, problems } = await openBoard(url, { path: '/?order=GL-2' });
    await page.getByRole('button', { name: 'Make a tracking link' }).click();
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('The link is selected: press Ctrl-C').waitFor();
    expect(await page.evaluate<string>('getSelection().toString()')).toMatch(/^http:\/\/shop.test:\d+\/track\/GL-2#/);
    expect(problems.filter((text) => !text.startsWith(IGNORED_HEADER))).toEqual([]);
  });

  it('a wall, a day of orders and the page of a tracking link are live', async () => {
    const wall = await openBoard(url, { path: '/wall' });
    const board = await openBoard(url);
    await board.page.getByRole('button', { name: 'Play a day' }).click();
    await wall.page.locator('.wall-job').first().waitFor();
    await board.page.getByRole('button', { name: 'Stop the day' }).click();
    await cluster.orders.place({ orderId: 'GL-3', title: 'Seed packets' });
    const { body: link } = await cluster.orders.send<{ url: string }>('POST', '/orders/GL-3/tracking-links', {});
    const tracking = await openTracking(new URL(link.url, url).href);
    await expectLive(tracking);
    const problems = [wall, board, tracking].flatMap((each) => each.problems);
    expect(problems.filter((text) => !text.startsWith(IGNORED_HEADER))).toEqual([]);
  });
});

it('copies a tracking link where the page comes from this machine or over TLS', async () => {
  await cluster.orders.place({ orderId: 'GL-4' });
  const { page } = await openBoard(cluster.url, { path: '/?order=GL-4' });
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Make a tracking link' }).click();
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByText('The link is copied').waitFor();
  const link = await page.getByLabel('Tracking link', { exact: true }).inputValue();
  expect(await page.evaluate<string>('navigator.clipboard.readText()')).toBe(link);
});
