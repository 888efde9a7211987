import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { expectCards, openBoard, type BoardPage } from './board-page.js';

let cluster: TestCluster;
let board: BoardPage;
let n = 0;
/** An id that no other test has. */
let id: string;

/** Run in the page: collects the ids of the cards that are lit from now on. */
const COLLECT_LIGHTS = `(() => {
  const seen = [];
  new MutationObserver(() => {
    for (const card of document.querySelectorAll('.is-lit')) seen.push(card.dataset.order);
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
  return seen;
})()`;

beforeAll(async () => {
  cluster = await startCluster();
});

beforeEach(async () => {
  for (const order of (await cluster.orders.list({ open: 'true' })).body.orders)
    await cluster.orders.remove(order.orderId);
  id = `GL-${++n}`;
  await cluster.orders.place({ orderId: id, title: 'Annual report', customerId: 'Nordlicht Verlag', quantity: 1_500 });
});

afterEach(() => {
  expect(board.problems).toEqual([]);
});

const stored = async (orderId = id) => (await cluster.orders.get(orderId)).body;
const statusIs = (status: string, orderId = id) =>
  waitFor(async () => (await stored(orderId)).status === status, `${orderId} to be stored as ${status}`);

describe('an order is moved', () => {
  it('by hand, to the column where it is dropped', async () => {
    board = await openBoard(cluster.url);
    await board.card(id).dragTo(board.column('Packaging'));
    await expectCards(board, 'Packaging', [id]);
    await statusIs('Packaging');
  });

  it('by a number, and by Shift and an arrow, with the focus still on it', async () => {
    board = await openBoard(cluster.url);
    await board.page.keyboard.press('Tab');
    await board.card(id).focus();
    await board.page.keyboard.press('3');
    await statusIs('In Binding');
    await expectCards(board, 'In Binding', [id]);
    await board.page.keyboard.press('Shift+ArrowRight');
    await statusIs('Packaging');
    expect(await board.page.locator(':focus').getAttribute('data-order')).toBe(id);
  });

  it('by its menu', async () => {
    board = await openBoard(cluster.url);
    await board.card(id).hover();
    await board.page.getByRole('button', { name: 'Actions for Annual report' }).click();
    await board.page.getByRole('menuitem', { name: 'Delivery' }).click();
    await statusIs('Delivery');
  });

  it('with others that are picked, and all come back with one undo', async () => {
    await cluster.orders.place({ orderId: `${id}-b`, title: 'Posters' });
    board = await openBoard(cluster.url);
    await board.card(id).focus();
    await board.page.keyboard.press(' ');
    await board.card(`${id}-b`).click({ modifiers: ['Control'] });
    await board.page.getByText('2 picked').waitFor();
    const writes: string[] = [];
    board.page.on('request', (request) => {
      if (request.method() !== 'GET') writes.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });
    await board.page.getByRole('button', { name: 'Move to In Printing' }).click();
    await statusIs('In Printing');
    await statusIs('In Printing', `${id}-b`);
    await board.page.getByText('Moved 2 orders to Printing').waitFor();
    await board.page.keyboard.press('Control+z');
    await statusIs('In Production');
    await statusIs('In Production', `${id}-b`);
    expect(writes.filter((write) => !write.includes('/socket.io/'))).toEqual(['POST /batches', 'POST /batches']);
  });
});

it('takes a move back with the button of the toast, and the one before with Ctrl-Z', async () => {
  board = await openBoard(cluster.url);
  await board.card(id).focus();
  await board.page.keyboard.press('2');
  await statusIs('In Printing');
  await board.page.keyboard.press('4');
  await statusIs('Packaging');
  await board.page.getByRole('button', { name: 'Undo' }).click();
  await statusIs('In Printing');
  await board.page.keyboard.press('Control+z');
  await statusIs('In Production');
});

describe('nothing moves', () => {
  it('under the pointer: what comes meanwhile comes below, and goes to its place later', async () => {
    board = await openBoard(cluster.url);
    await board.card(id).hover();
    const before = await board.card(id).boundingBox();
    await cluster.orders.place({ orderId: `${id}-new` });
    await expectCards(board, 'In Production', [id, `${id}-new`]);
    expect(await board.card(id).boundingBox()).toEqual(before);
    await board.page.mouse.move(5, 5);
    await expectCards(board, 'In Production', [`${id}-new`, id]);
  });

  it('under the pointer, also if another person moves it to another column', async () => {
    board = await openBoard(cluster.url);
    await board.card(id).hover();
    await cluster.orders.change(id, { status: 'Delivery' });
    await waitFor(async () => (await board.card(id).getAttribute('data-stage')) === '5', 'the new stage on the card');
    await expectCards(board, 'In Production', [id]);
    await board.page.mouse.move(5, 5);
    await expectCards(board, 'Delivery', [id]);
  });
});

describe('a change lights up', () => {
  it('once if somebody else has made it, and not if this page has', async () => {
    board = await openBoard(cluster.url);
    await cluster.orders.change(id, { status: 'In Binding' });
    await board.page.locator(`.is-lit[data-order="${id}"]`).waitFor();
    await waitFor(async () => (await board.page.locator('.is-lit').count()) === 0, 'the light to go out');
    const lights = await board.page.evaluateHandle<string[]>(COLLECT_LIGHTS);
    await board.card(id).focus();
    await board.page.keyboard.press('4');
    await statusIs('Packaging');
    await cluster.orders.place({ orderId: `${id}-last` });
    await waitFor(async () => (await lights.jsonValue()).includes(`${id}-last`), 'a later light');
    expect(await lights.jsonValue()).not.toContain(id);
  });
});

it('is told of a conflict: what is now, what was mine, and two ways on', async () => {
  board = await openBoard(cluster.url);
  const mine = `${cluster.url}/orders/${id}`;
  // The request of this page reaches the API after that of another person.
  await board.page.route(
    mine,
    async (route) => {
      await cluster.orders.change(id, { status: 'Packaging' });
      await route.continue();
    },
    { times: 1 },
  );
  await board.card(id).focus();
  await board.page.keyboard.press('3');
  const notice = board.page.getByRole('alert');
  await notice.getByText('Somebody moved this to Packaging').waitFor();
  expect(await notice.innerText()).toContain('Yours was In Binding.');
  expect((await stored()).status).toBe('Packaging');
  await board.page.mouse.move(5, 5);
  await notice.getByRole('button', { name: 'Move to In Binding' }).click();
  await statusIs('In Binding');
  await notice.waitFor({ state: 'detached' });
  // Chromium reports the refused request itself.
  board.problems.splice(0, board.problems.length, ...board.problems.filter((text) => !text.includes('412')));
});

it('counts, finds and sorts, with all of it in the address', async () => {
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  await cluster.orders.place({ orderId: `${id}-late`, title: 'Poetry', estimatedDate: day(-3) });
  await cluster.orders.place({ orderId: `${id}-rush`, title: 'Menu cards', rush: true, estimatedDate: day(9) });
  board = await openBoard(cluster.url);
  await expectCards(board, 'In Production', [`${id}-rush`, `${id}-late`, id]);
  expect(await board.card(`${id}-late`).innerText()).toMatch(/\d days late/);
  await board.page.getByRole('button', { name: 'newest first' }).click();
  await expectCards(board, 'In Production', [`${id}-late`, `${id}-rush`, id]);
  await board.page.getByRole('button', { name: /^Late 1/ }).click();
  await expectCards(board, 'In Production', [`${id}-late`]);
  await board.page.getByRole('button', { name: /^All 3/ }).click();
  await board.page.keyboard.press('/');
  await board.page.keyboard.type('menu');
  await expectCards(board, 'In Production', [`${id}-rush`]);
  expect(new URL(board.page.url()).search).toBe('?sort=due&q=menu');
  await board.page.reload();
  await expectCards(board, 'In Production', [`${id}-rush`]);
});
