import { beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openBoard, openUnready } from './board-page.js';

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
  await cluster.orders.place({ orderId: 'GL-1', title: 'Poetry' });
});

/** A page of Galley whose board is not opened yet. */
const openBefore = () => openUnready(`${cluster.url}/icon.svg`, { path: '' });

describe('a part of the board that fails', () => {
  it('because it cannot be loaded is told, and the rest goes on', async () => {
    const { page, card } = await openBefore();
    let loads = 0;
    page.on('load', () => loads++);
    await page.route(/\/order-panel-[^/]*\.js/, (route) => route.abort());
    await page.goto(cluster.url);
    await card('GL-1').click();
    await page.getByRole('alert').getByText('could not be loaded').waitFor();
    await card('GL-1').focus();
    await page.keyboard.press('3');
    await waitFor(async () => (await cluster.orders.get('GL-1')).body.status === 'In Binding', 'the move');
    expect(loads).toBe(1);
    await page.unroute(/\/order-panel-[^/]*\.js/);
    await page.getByRole('button', { name: 'Load again' }).click();
    await page.getByRole('button', { name: 'Make a tracking link' }).waitFor();
  });

  it('because it gets what it cannot show is told, until another order is opened', async () => {
    await cluster.orders.place({ orderId: 'GL-2', title: 'Posters' });
    const { page, card } = await openBoard(cluster.url);
    await page.route(/GL-2\/history/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        body: (await response.text()).replace(/"timestamp":"[^"]*"/g, '"timestamp":"?"'),
      });
    });
    await card('GL-2').click();
    await page.getByRole('alert').getByText('has failed').waitFor();
    await card('GL-1').click();
    await page.getByRole('button', { name: 'Make a tracking link' }).waitFor();
    expect(await page.getByText('has failed').count()).toBe(0);
  });
});

it('shows the board in the time zone of the browser if that does not know the one of the shop', async () => {
  const { page, card } = await openBefore();
  await page.route(`${cluster.url}/`, async (route) => {
    const response = await route.fetch();
    const zone = (content: string) => `name="galley:time-zone" content="${content}"`;
    await route.fulfill({ response, body: (await response.text()).replace(zone(''), zone('Mars/Olympus')) });
  });
  await page.goto(cluster.url);
  await card('GL-1').waitFor();
});

it('counts days by the clock of the server if that of the browser is wrong', async () => {
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  await cluster.orders.place({ orderId: 'GL-LATE', estimatedDate: yesterday });
  const { page, card } = await openBefore();
  await page.addInitScript('const { now } = Date; Date.now = () => now() - 9 * 86_400_000;');
  await page.goto(cluster.url);
  await card('GL-LATE').getByText('1 day late').waitFor();
});

it('a wall does not say that it is live before it has all orders', async () => {
  const { page } = await openBefore();
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await page.route(/\/orders\?/, async (route) => {
    await asked;
    await route.continue();
  });
  await page.goto(`${cluster.url}/wall`);
  await page.locator('.wall').getByText('Catching up').waitFor();
  expect(await page.getByText('Live', { exact: true }).count()).toBe(0);
  answer();
  await page.getByText('Live', { exact: true }).waitFor();
});

it('a day that is played leaves the orders of the shop alone, and can be deleted again', async () => {
  const { url, orders } = await startCluster({ demoDay: true });
  await orders.place({ orderId: 'GL-1', title: 'Poetry' });
  const { page } = await openBoard(url);
  const openIds = async () => (await orders.list({ open: 'true' })).body.orders.map(({ orderId }) => orderId);
  await page.getByRole('button', { name: 'Play a day' }).click();
  await waitFor(async () => (await openIds()).length >= 3, 'orders of the day');
  await page.getByRole('button', { name: 'Stop the day' }).click();
  await page.getByRole('button', { name: 'Delete its orders' }).click();
  await waitFor(async () => (await openIds()).join() === 'GL-1', 'the orders of the day to be gone');
  await page.getByRole('button', { name: 'Delete its orders' }).waitFor({ state: 'detached' });
});

const MARKUP = '<img src=x onerror="window.attacked=1"><script>window.attacked=1</script>';
/** Runs in the page. */
const ATTACK = `(() => {
  try {
    document.body.innerHTML = '<img src=x onerror="window.attacked=1">';
    return 'written';
  } catch (error) {
    return error.name;
  }
})()`;

it('shows what people write as text, wherever it is shown', async () => {
  const order = { orderId: 'GL-X', title: MARKUP, customerId: 'a<b>"\'&' };
  await cluster.orders.place({ ...order, message: MARKUP, note: MARKUP });
  for (const path of ['/', '/?view=list', '/?order=GL-X', '/wall', '/track/GL-X']) {
    const { page, problems } = await openUnready(cluster.url, { path });
    await page.getByText('window.attacked=1').first().waitFor();
    if (path.includes('order')) await page.locator('.timeline').getByText('window.attacked=1').first().waitFor();
    expect([path, await page.evaluate('window.attacked'), problems]).toEqual([path, undefined, []]);
    // Nor can a script of the page write markup by mistake.
    expect(await page.evaluate(ATTACK)).toBe('TypeError');
  }
});
