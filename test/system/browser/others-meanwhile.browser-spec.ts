import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
  for (const order of (await cluster.orders.list({ open: 'true' })).body.orders)
    await cluster.orders.remove(order.orderId);
  id = `GL-${++n}`;
  await cluster.orders.place({ orderId: id, title: 'Annual report', customerId: 'Nordlicht Verlag', quantity: 500 });
  board = await openBoard(cluster.url);
  await board.card(id).waitFor();
});

const stored = async (orderId = id) => (await cluster.orders.get(orderId)).body;
const dialog = () => board.page.getByRole('dialog');
const field = (name: string) => dialog().getByLabel(name, { exact: true });
const save = () => dialog().getByRole('button', { name: 'Save', exact: true }).click();

async function openDialog() {
  await board.card(id).focus();
  await board.page.keyboard.press('e');
  await dialog().waitFor();
}

describe('while the dialog of an order is open and somebody else', () => {
  it('changes another field, both changes are stored', async () => {
    await openDialog();
    await cluster.orders.change(id, { title: 'Annual report, 2nd edition' });
    await board.card(id).getByText('2nd edition').waitFor();
    await field('Quantity').fill('600');
    await save();
    await waitFor(async () => (await stored()).quantity === 600, 'the quantity to be stored');
    expect((await stored()).title).toBe('Annual report, 2nd edition');
  });

  it('changes the same field, theirs is not overwritten unseen', async () => {
    await openDialog();
    await field('Quantity').fill('600');
    await cluster.orders.change(id, { quantity: 700 });
    await board.card(id).getByText('700').waitFor();
    await save();
    await dialog().getByText('Somebody has changed this to 700 meanwhile').waitFor();
    expect((await stored()).quantity).toBe(700);
    await save();
    await waitFor(async () => (await stored()).quantity === 600, 'mine, now that theirs was seen');
  });

  it('closes it, the page says that it was closed', async () => {
    await openDialog();
    await field('Quantity').fill('600');
    await field('Note for colleagues only').fill('Same die');
    await cluster.orders.change(id, { closed: true });
    await expectCards(board, 'In Production', []);
    await save();
    const notice = board.page.getByRole('alert');
    await notice.getByText('closed this order').waitFor();
    await notice.getByRole('button', { name: 'Reopen and edit' }).click();
    await waitFor(async () => (await stored()).quantity === 600, 'the quantity to be stored');
    expect((await cluster.orders.history(id)).body.history.at(-1)?.note).toBe('Same die');
  });

  it('deletes it, the page says that it was deleted', async () => {
    await openDialog();
    await field('Quantity').fill('600');
    await cluster.orders.remove(id);
    await expectCards(board, 'In Production', []);
    await save();
    await board.page.getByRole('alert').getByText('deleted meanwhile').waitFor();
  });
});

it('a message that was written with a refused edit is saved with it', async () => {
  await openDialog();
  await field('Quantity').fill('600');
  await field('Message to the customer the customer sees it').fill('More copies, as you asked');
  await board.page.route(
    `${cluster.url}/orders/${id}`,
    async (route) => {
      await cluster.orders.change(id, { quantity: 700 });
      await route.continue();
    },
    { times: 1 },
  );
  await save();
  const notice = board.page.getByRole('alert');
  await notice.getByText('More copies, as you asked').waitFor();
  await notice.getByRole('button', { name: 'Save mine' }).click();
  await waitFor(async () => (await stored()).quantity === 600, 'mine to be stored');
  expect((await cluster.orders.history(id)).body.history.at(-1)?.message).toBe('More copies, as you asked');
});

describe('what this page moves itself goes to its new place at once', () => {
  it('by the menu that a key has opened', async () => {
    await board.page.keyboard.press('Tab');
    await board.card(id).focus();
    await board.page.keyboard.press('m');
    await board.page.getByRole('menuitem', { name: 'Packaging' }).waitFor();
    await board.page.keyboard.press('4');
    await expectCards(board, 'Packaging', [id]);
  });

  it('by undo, also with the focus on it', async () => {
    await board.page.keyboard.press('Tab');
    await board.card(id).focus();
    await board.page.keyboard.press('4');
    await expectCards(board, 'Packaging', [id]);
    await board.page.keyboard.press('Control+z');
    await expectCards(board, 'In Production', [id]);
  });

  it('by undo, also with the pointer on it', async () => {
    await board.card(id).focus();
    await board.page.keyboard.press('4');
    await expectCards(board, 'Packaging', [id]);
    await board.card(id).hover();
    await board.page.keyboard.press('Control+z');
    await expectCards(board, 'In Production', [id]);
  });
});

describe('the keys stay on the board', () => {
  const focused = () => board.page.locator(':focus').getAttribute('data-order', { timeout: 5_000 });

  it('when the order that has the focus is deleted', async () => {
    await cluster.orders.place({ orderId: `${id}-b` });
    await cluster.orders.place({ orderId: `${id}-c` });
    await expectCards(board, 'In Production', [`${id}-c`, `${id}-b`, id]);
    await board.page.keyboard.press('Tab');
    await board.card(`${id}-b`).focus();
    await board.page.keyboard.press('Delete');
    await dialog().getByRole('button', { name: 'Delete order' }).click();
    await expectCards(board, 'In Production', [`${id}-c`, id]);
    expect(await focused()).toBe(id);
  });

  it('when somebody else closes it', async () => {
    await cluster.orders.place({ orderId: `${id}-b` });
    await expectCards(board, 'In Production', [`${id}-b`, id]);
    await board.page.keyboard.press('Tab');
    await board.card(id).focus();
    await cluster.orders.change(id, { closed: true });
    await expectCards(board, 'In Production', [`${id}-b`]);
    expect(await focused()).toBe(`${id}-b`);
  });
});

it('the keys stay in the list when the order that has the focus is deleted', async () => {
  await cluster.orders.place({ orderId: `${id}-b` });
  await board.page.getByRole('button', { name: 'List' }).click();
  await board.card(`${id}-b`).waitFor();
  await board.page.keyboard.press('Tab');
  await board.card(`${id}-b`).focus();
  await cluster.orders.remove(`${id}-b`);
  await board.page.locator(`[data-order="${id}"]:focus`).waitFor();
});

describe.each(['closes', 'deletes'])('while a card is dragged and somebody else %s its order', (does) => {
  it('nothing is stored where it is dropped, and the next one can be dragged', async () => {
    await cluster.orders.place({ orderId: `${id}-b` });
    const [from, to] = [await board.card(id).boundingBox(), await board.column('Packaging').boundingBox()];
    if (!from || !to) throw new Error('The card and the column must be in sight');
    await board.page.mouse.move(from.x + 40, from.y + 40);
    await board.page.mouse.down();
    await board.page.mouse.move(to.x + 50, to.y + 120, { steps: 5 });
    if (does === 'closes') await cluster.orders.change(id, { closed: true });
    else await cluster.orders.remove(id);
    await board.card(id).waitFor({ state: 'detached' });
    await board.page.mouse.up();
    await board.card(`${id}-b`).dragTo(board.column('Delivery'));
    await waitFor(async () => (await stored(`${id}-b`)).status === 'Delivery', 'the next move');
    await board.page.mouse.move(5, 5);
    await expectCards(board, 'Delivery', [`${id}-b`]);
    await expectCards(board, 'Packaging', []);
    expect((await stored()).status).not.toBe('Packaging');
  });
});

describe('of several orders that are moved at once', () => {
  const ids = () => [id, `${id}-b`, `${id}-c`];

  beforeEach(async () => {
    for (const orderId of ids().slice(1)) await cluster.orders.place({ orderId });
    await expectCards(board, 'In Production', ids().reverse()); // A card that moves away under the pointer is not clicked.
    for (const orderId of ids()) await board.card(orderId).click({ modifiers: ['Control'] });
    await board.page.getByText('3 picked').waitFor();
  });

  const areStored = (...statuses: string[]) =>
    waitFor(
      async () =>
        (await Promise.all(ids().map((orderId) => stored(orderId)))).map(({ status }) => status).join() ===
        statuses.join(),
      `${statuses.join()} to be stored`,
    );

  it('one that somebody else has moved is reported, and the others are moved', async () => {
    await board.page.route(
      `${cluster.url}/batches`,
      async (route) => {
        await cluster.orders.change(`${id}-b`, { status: 'Delivery' });
        await route.continue();
      },
      { times: 1 },
    );
    await board.page.getByRole('button', { name: 'Move to In Binding' }).click();
    await board.page.getByRole('alert').getByText('moved this to Delivery').waitFor();
    await areStored('In Binding', 'Delivery', 'In Binding');
  });

  it('one that somebody else has moved since does not come back with undo, and the page does not say so', async () => {
    await board.page.getByRole('button', { name: 'Move to In Binding' }).click();
    await areStored('In Binding', 'In Binding', 'In Binding');
    await cluster.orders.change(`${id}-b`, { status: 'Delivery' });
    await board.page.mouse.move(5, 5);
    await expectCards(board, 'Delivery', [`${id}-b`]);
    await board.page.keyboard.press('Control+z');
    await board.page.getByRole('alert').getByText('moved this to Delivery').waitFor();
    expect(await board.page.getByText('Undone').count()).toBe(0);
    await areStored('In Production', 'Delivery', 'In Production');
  });
});

it('counts only the picked orders that are still there', async () => {
  await cluster.orders.place({ orderId: `${id}-b` });
  await board.card(`${id}-b`).click({ modifiers: ['Control'] });
  await board.card(id).click({ modifiers: ['Control'] });
  await board.page.getByText('2 picked').waitFor();
  await cluster.orders.remove(id);
  await board.page.getByText('1 picked').waitFor();
});
