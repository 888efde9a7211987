import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { expectCards, openBoard, type BoardPage } from './board-page.js';

let cluster: TestCluster;
let board: BoardPage;
let n = 0;
/** An id that no other test has. */
let id: string;

beforeAll(async () => {
  cluster = await startCluster();
});

beforeEach(async () => {
  id = `GL-${++n}`;
  await cluster.orders.place({ orderId: id, title: `Annual report ${n}`, customerId: 'Nordlicht', quantity: 1_500 });
});

afterEach(() => {
  expect(board.problems.filter((text) => !/40\d|412/.test(text))).toEqual([]);
});

const field = (name: string) => board.page.getByRole('dialog').getByLabel(name, { exact: true });
const press = (name: string) => board.page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
const stored = async (orderId = id) => (await cluster.orders.get(orderId)).body;

describe('the dialog of an order', () => {
  it('places one, with all that was written', async () => {
    board = await openBoard(cluster.url);
    await board.page.keyboard.press('n');
    await field('Title').fill('Loyalty cards');
    await field('Customer').fill('Café Lumen');
    await field('Order made up if empty').fill(`${id}-new`);
    await field('Quantity').fill('2000');
    await field('Expected optional').fill('2027-01-04');
    await field('Rush: to the top of its column').check();
    await field('Note for colleagues only').fill('Same die as before');
    await press('Place order');
    await board.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await stored(`${id}-new`)).toMatchObject({
      title: 'Loyalty cards',
      customerId: 'Café Lumen',
      quantity: 2_000,
      estimatedDate: '2027-01-04',
      rush: true,
    });
    expect((await cluster.orders.history(`${id}-new`)).body.history[0]?.note).toBe('Same die as before');
  });

  it('says at the fields what is missing, and what the API does not take', async () => {
    board = await openBoard(cluster.url);
    await board.page.keyboard.press('n');
    await press('Place order');
    await board.page.getByText('3 fields need a look.').waitFor();
    expect(await field('Title').getAttribute('aria-invalid')).toBe('true');
    await field('Title').fill('Posters');
    await field('Customer').fill('ana');
    await field('Quantity').fill('1000001');
    await press('Place order');
    await board.page.getByText('quantity must be at most 1000000', { exact: false }).waitFor();
    expect(await field('Quantity').getAttribute('aria-invalid')).toBe('true');
    await field('Quantity').fill('100');
    await press('Place order');
    await board.page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('changes only the fields that were changed', async () => {
    board = await openBoard(cluster.url);
    await board.card(id).focus();
    await board.page.keyboard.press('e');
    await field('Quantity').fill('1650');
    await press('Save');
    await waitFor(async () => (await stored()).quantity === 1_650, 'the quantity');
    expect((await stored()).title).toBe(`Annual report ${n}`);
  });

  it('asks before it deletes, and offers to close instead', async () => {
    board = await openBoard(cluster.url);
    await board.card(id).focus();
    await board.page.keyboard.press('Delete');
    await press('Cancel');
    expect((await stored()).orderId).toBe(id);
    await board.card(id).focus();
    await board.page.keyboard.press('Delete');
    await press('Close it instead');
    await waitFor(async () => (await stored()).closedAt !== undefined, 'the closed order');
    await cluster.orders.change(id, { closed: false });
    await board.card(id).waitFor();
    await board.card(id).focus();
    await board.page.keyboard.press('Delete');
    await press('Delete order');
    await waitFor(async () => (await cluster.orders.get(id)).status === 404, 'the order to be gone');
  });
});

describe('the panel of an order', () => {
  it('tells its history, and moves it on', async () => {
    await cluster.orders.change(id, { quantity: 1_650 });
    await cluster.orders.change(id, { rush: true, note: 'New plates' });
    board = await openBoard(cluster.url);
    await board.card(id).focus();
    await board.page.keyboard.press('Enter');
    const panel = board.page.locator('.panel');
    await panel.getByText('changed quantity: 1,500 1,650').waitFor();
    await panel.getByText('New plates').waitFor();
    await panel.getByRole('button', { name: 'Move on to Printing' }).click();
    await panel.getByText('moved it to In Printing').waitFor();
    expect((await stored()).status).toBe('In Printing');
    await board.page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  it('sends a message to the customer, and keeps a note from them', async () => {
    board = await openBoard(cluster.url, { path: `/?order=${id}` });
    await board.page.getByLabel('Message to the customer').fill('On the press');
    await board.page.getByRole('button', { name: 'Publish' }).click();
    await board.page.locator('.timeline').getByText('On the press').waitFor();
    await board.page.getByLabel('Note').fill('Two sheets spoilt');
    await board.page.getByRole('button', { name: 'Keep note' }).click();
    await board.page.locator('.timeline').getByText('Two sheets spoilt').waitFor();
    const { history } = (await cluster.orders.history(id)).body;
    expect(history.slice(-2).map(({ message, note }) => [message, note])).toEqual([
      ['On the press', undefined],
      [undefined, 'Two sheets spoilt'],
    ]);
  });

  it('makes a tracking link only when asked, to copy and as a code', async () => {
    board = await openBoard(cluster.url, { path: `/?order=${id}` });
    await board.page.getByRole('button', { name: 'Make a tracking link' }).click();
    const link = await board.page.getByLabel('Tracking link', { exact: true }).inputValue();
    expect(link).toMatch(new RegExp(`^${cluster.url}/track/${id}#`));
    await board.page.getByRole('img', { name: 'QR code of the tracking link' }).waitFor();
  });

  it('prints a job ticket, and nothing else', async () => {
    board = await openBoard(cluster.url, { path: `/?order=${id}` });
    await board.page.locator('.job-ticket').waitFor({ state: 'attached' });
    await board.page.emulateMedia({ media: 'print' });
    expect(await board.page.locator('.job-ticket h1').innerText()).toBe(`Annual report ${n}`);
    expect(await board.page.locator('.bar').isVisible()).toBe(false);
    expect(await board.page.locator('.panel-head').isVisible()).toBe(false);
  });
});

it('finds closed orders in their own view, and opens one again', async () => {
  await cluster.orders.change(id, { closed: true });
  board = await openBoard(cluster.url);
  await expectCards(board, 'In Binding', []);
  await board.page.getByRole('button', { name: 'Closed', exact: true }).click();
  await board.page.keyboard.press('/');
  await board.page.keyboard.type(id);
  await board.card(id).click();
  await board.page.getByRole('button', { name: 'Reopen' }).click();
  await waitFor(async () => (await stored()).closedAt === undefined, 'the order to be open');
});

describe('is taken back', () => {
  const isClosed = (closed: boolean) =>
    waitFor(
      async () => ((await stored()).closedAt !== undefined) === closed,
      `the order to be ${closed ? 'closed' : 'open'}`,
    );

  it('to open a closed order, also when its panel is away', async () => {
    await cluster.orders.change(id, { closed: true });
    board = await openBoard(cluster.url, { path: `/?order=${id}` });
    await board.page.getByRole('button', { name: 'Reopen' }).click();
    await isClosed(false);
    await board.page.keyboard.press('Escape');
    await board.card(id).waitFor();
    // A tracker that no component needs has ended by then.
    await board.page.getByText('Reopened').waitFor({ state: 'detached' });
    await board.page.keyboard.press('Control+z');
    await isClosed(true);
    await board.card(id).waitFor({ state: 'detached' });
  });

  it('to close an order from its panel, and from its menu', async () => {
    await cluster.orders.change(id, { status: 'Delivery' });
    board = await openBoard(cluster.url, { path: `/?order=${id}` });
    await board.page.locator('.panel').getByRole('button', { name: 'Close order' }).click();
    await isClosed(true);
    await board.page.keyboard.press('Control+z');
    await isClosed(false);
    await board.page.keyboard.press('Escape');
    await board.card(id).focus();
    await board.page.keyboard.press('m');
    await board.page.getByRole('menuitem', { name: 'Close order' }).click();
    await isClosed(true);
    await board.page.getByRole('button', { name: 'Undo' }).click();
    await isClosed(false);
    await expectCards(board, 'Delivery', [id]);
  });
});

it('tells honestly that an edit of a closed order was not saved, and reopens it if asked', async () => {
  board = await openBoard(cluster.url);
  await board.page.route(
    `${cluster.url}/orders/${id}`,
    async (route) => {
      await cluster.orders.change(id, { closed: true });
      await route.continue();
    },
    { times: 1 },
  );
  await board.card(id).focus();
  await board.page.keyboard.press('3');
  const notice = board.page.getByRole('alert');
  await notice.getByText('Not saved: Somebody closed this order').waitFor();
  await notice.getByRole('button', { name: 'Reopen and edit' }).click();
  await waitFor(async () => {
    const { status, closedAt } = await stored();
    return status === 'In Binding' && closedAt === undefined;
  }, 'the order, open and moved');
  await notice.waitFor({ state: 'detached' });
  await board.page.keyboard.press('Control+z');
  await waitFor(async () => {
    const { status, closedAt } = await stored();
    return status === 'In Production' && closedAt !== undefined;
  }, 'the order, moved back and closed');
});
