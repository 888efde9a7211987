import { beforeEach, expect, it } from '@jest/globals';
import { devices } from 'playwright-core';
import { waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openBoard } from './board-page.js';

/** All ten tasks of somebody who sees the board for the first time, together. People take longer: this is for what the page itself takes. */
const WITHIN_MS = 30_000;

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await startCluster();
  for (const [orderId, title] of [
    ['GL-1', 'Annual report'],
    ['GL-2', 'Poetry, volume IV'],
    ['GL-3', 'Menu cards'],
  ] as const) {
    await cluster.orders.place({ orderId, title, quantity: 100 });
  }
});

const stored = async (orderId: string) => (await cluster.orders.get(orderId)).body;
const isStored = (orderId: string, what: object) =>
  waitFor(
    async () => {
      const order = await stored(orderId);
      return Object.entries(what).every(([name, value]) => order[name as keyof typeof order] === value);
    },
    `${orderId} with ${JSON.stringify(what)}`,
  );
const newest = async () => (await cluster.orders.list({ open: 'true' })).body.orders[0];

it('lets ten tasks be done by keys alone', async () => {
  const { page, problems } = await openBoard(cluster.url);
  const { keyboard } = page;
  const press = async (...keys: string[]) => {
    for (const key of keys) await keyboard.press(key);
  };
  /** Presses a key until the focus is on what is wanted. */
  const pressUntil = async (key: string, what: string, isThere: (focused: string) => boolean) => {
    for (let i = 0; i < 40; i++) {
      await press(key);
      const focused = await page.evaluate<string>('document.activeElement.outerHTML');
      if (!focused.startsWith('<body') && isThere(focused)) return;
    }
    throw new Error(`${key} does not lead to ${what}`);
  };
  const tabTo = (name: string) =>
    pressUntil('Tab', name, (html) => html.includes(`>${name}<`) || html.includes(`"${name}"`));
  const tabToCard = () => pressUntil('Tab', 'a card', (html) => html.startsWith('<li') && html.includes('data-order'));
  const startedAt = performance.now();
  // 1. Find an order.
  await press('/');
  await keyboard.type('poetry');
  await waitFor(async () => (await page.locator('[data-order]').count()) === 1, 'only the order that was found');
  // 2. Move it on.
  await tabToCard();
  await press('2');
  await isStored('GL-2', { status: 'In Printing' });
  // 3. Take that back.
  await press('Control+z');
  await isStored('GL-2', { status: 'In Production' });
  // 4. See all again, and open the annual report.
  await press('/', 'Escape');
  await waitFor(async () => (await page.locator('[data-order]').count()) === 3, 'all orders');
  await tabToCard();
  await pressUntil('ArrowDown', 'the annual report', (html) => html.includes('Annual report'));
  await press('Enter');
  await page.locator('.timeline').getByText('placed it').waitFor();
  // 5. Write to the customer.
  await tabTo('Write what the customer should know');
  await keyboard.type('On the press');
  await tabTo('Publish');
  await press('Enter');
  await page.locator('.timeline').getByText('On the press').waitFor();
  // 6. Close the panel, and edit the quantity.
  await press('Escape', 'Escape');
  await page.locator(':focus').filter({ hasText: 'Annual report' }).waitFor();
  await press('e');
  await page.getByRole('dialog').getByLabel('Quantity').waitFor();
  await press('Tab');
  await press('Control+a');
  await keyboard.type('250');
  await press('Enter');
  await isStored('GL-1', { quantity: 250 });
  // 7. Place an order in a hurry.
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await press('n');
  await page.getByRole('dialog').waitFor();
  await keyboard.type('Posters');
  await press('Tab');
  await keyboard.type('ana');
  await press('Tab', 'Tab');
  await keyboard.type('40');
  // In the field of a date, Tab has stops of its own.
  await pressUntil('Tab', 'the box of the hurry', (html) => html.includes('checkbox'));
  await press(' ', 'Enter');
  await waitFor(async () => (await newest())?.title === 'Posters', 'the new order');
  expect((await newest())?.rush).toBe(true);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // 8. Move two at once.
  await tabToCard();
  await press(' ', 'ArrowUp', ' ', '4');
  await waitFor(
    async () => (await cluster.orders.list({ status: 'Packaging' })).body.orders.length === 2,
    'two orders',
  );
  // 9. Close one.
  await press('m');
  await page.getByRole('menu').waitFor();
  await pressUntil('ArrowDown', 'closing', (html) => html.includes('Close order'));
  await press('Enter');
  await waitFor(async () => (await cluster.orders.list({ open: 'false' })).body.orders.length === 1, 'a closed order');
  // 10. Find it among the closed ones.
  await tabTo('Closed');
  await press('Enter');
  await page.locator('.list [data-order]').waitFor();
  expect(performance.now() - startedAt).toBeLessThan(WITHIN_MS);
  expect(problems).toEqual([]);
}, 120_000);

it('lets the same be done by touch, on a phone', async () => {
  const { page: desktop } = await openBoard(cluster.url);
  const browser = desktop.context().browser();
  if (!browser) throw new Error('The page must have a browser');
  const page = await (await browser.newContext({ ...devices['Pixel 7'], locale: 'en-GB' })).newPage();
  await page.goto(cluster.url);
  await page.getByText('Live', { exact: true }).waitFor();
  const startedAt = performance.now();
  const tap = (name: string | RegExp, within = page.locator('body')) =>
    within
      .getByRole('button', { name, exact: typeof name === 'string' })
      .first()
      .tap();
  const card = (orderId: string) => page.locator(`[data-order="${orderId}"]`);
  // Find an order, move it by its menu, and take that back.
  await page.getByPlaceholder('Search orders').fill('poetry');
  await tap('Actions for Poetry, volume IV');
  await page.getByRole('menuitem', { name: 'In Printing' }).tap();
  await isStored('GL-2', { status: 'In Printing' });
  await tap('Undo');
  await isStored('GL-2', { status: 'In Production' });
  await page.getByPlaceholder('Search orders').fill('');
  // Open another one, write to the customer, move it on, edit it.
  await card('GL-1').tap();
  await page.getByLabel('Message to the customer').fill('On the press');
  await tap('Publish');
  await tap('Move on to Printing');
  await isStored('GL-1', { status: 'In Printing' });
  await tap('Edit', page.locator('.panel'));
  await page.getByRole('dialog').getByLabel('Quantity').fill('250');
  await tap('Save');
  await isStored('GL-1', { quantity: 250 });
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await tap('Close', page.locator('.panel-head'));
  // See the next stage, place an order in a hurry, pick two and move them.
  await tap(/Printing$/, page.locator('.tabs'));
  await waitFor(async () => ((await card('GL-1').boundingBox())?.x ?? 1_000) < 100, 'the column at the left');
  await tap('New order');
  await page.getByLabel('Title').fill('Posters');
  await page.getByLabel('Customer', { exact: true }).fill('ana');
  await page.getByLabel('Quantity').fill('40');
  await page.getByLabel('Rush: to the top of its column').check();
  await tap('Place order');
  await waitFor(async () => (await newest())?.rush === true, 'the new order');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await tap(/Production$/, page.locator('.tabs'));
  for (const title of ['Menu cards', 'Poetry, volume IV']) {
    await tap(`Actions for ${title}`);
    await page.getByRole('menuitem', { name: 'Pick' }).tap();
  }
  await tap('Move to Packaging');
  await waitFor(
    async () => (await cluster.orders.list({ status: 'Packaging' })).body.orders.length === 2,
    'two orders',
  );
  // Close one, and find it among the closed ones.
  await tap(/Packaging$/, page.locator('.tabs'));
  await tap('Actions for Menu cards');
  await page.getByRole('menuitem', { name: 'Close order' }).tap();
  await waitFor(async () => (await stored('GL-3')).closedAt !== undefined, 'the closed order');
  await tap('Closed');
  await page.locator('.list [data-order=GL-3]').waitFor();
  expect(performance.now() - startedAt).toBeLessThan(WITHIN_MS);
}, 120_000);
