import { beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor, own } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { startKillableGateways, type KillableGateways } from '../harness/killable-gateways.js';
import { expectCards, openBoard, type BoardPage } from './board-page.js';

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await startCluster();
  await cluster.orders.place({ orderId: 'GL-1', title: 'Posters' });
});

it('shows the moves of one browser in another one, at another gateway', async () => {
  const [one, two] = [await openBoard(cluster.url), await openBoard(cluster.url)];
  await one.card('GL-1').dragTo(one.column('Delivery'));
  await expectCards(two, 'Delivery', ['GL-1']);
  // What is under the pointer does not move.
  await one.page.mouse.move(5, 5);
  await two.card('GL-1').dragTo(two.column('In Binding'));
  await expectCards(one, 'In Binding', ['GL-1']);
  expect([...one.problems, ...two.problems]).toEqual([]);
});

describe('while the connection is away', () => {
  it('says so, keeps the moves that are made, also one that is under way, and saves them afterwards', async () => {
    const proxy = await FaultProxy.start(cluster.url);
    own(() => proxy.close());
    const board = await openBoard(new URL(proxy.url).origin);
    const { page, card, column } = board;
    const [from, to] = [await card('GL-1').boundingBox(), await column('Packaging').boundingBox()];
    if (!from || !to) throw new Error('The card and the column must be in sight');
    await page.mouse.move(from.x + 40, from.y + 40);
    await page.mouse.down();
    await page.mouse.move(from.x + 60, from.y + 60, { steps: 3 });
    for (const direction of ['toServer', 'toClient'] as const) proxy.blackHole(direction);
    await page.context().setOffline(true);
    await page.locator('.badge[data-link=offline]').waitFor();
    await page.mouse.move(to.x + 50, to.y + 120, { steps: 5 });
    await page.mouse.up();
    await expectCards(board, 'Packaging', ['GL-1']);
    await page.locator('[data-order].is-pending').waitFor();
    expect((await cluster.orders.get('GL-1')).body.status).toBe('In Production');

    proxy.heal();
    await page.context().setOffline(false);
    await page.locator('.badge[data-link=live]').waitFor();
    await waitFor(async () => (await cluster.orders.get('GL-1')).body.status === 'Packaging', 'the move to be stored');
    await waitFor(
      async () => (await page.locator('[data-order].is-pending').count()) === 0,
      'the card to be as stored',
    );
  });

  it('says on a wall, in words, that it is not live and how old the board is', async () => {
    const proxy = await FaultProxy.start(cluster.url);
    own(() => proxy.close());
    const { page } = await openBoard(new URL(proxy.url).origin, { path: '/wall' });
    for (const direction of ['toServer', 'toClient'] as const) proxy.blackHole(direction);
    await page.context().setOffline(true);
    await page.getByText(/This is the board of \d\d:\d\d/).waitFor();
    expect(await page.locator('.wall').getAttribute('data-state')).toBe('stale');
    expect(await page.getByText('Posters').isVisible()).toBe(true);
  });
});

describe('with two gateways, of which one is killed', () => {
  const NAMES = ['galley-gateway-7d9f8b6c5-x2x4z', 'galley-gateway-7d9f8b6c5-k8jw9'];
  let gateways: KillableGateways;

  beforeEach(async () => {
    gateways = await startKillableGateways(cluster, NAMES);
  });

  const nameOf = async ({ page }: BoardPage) =>
    (await page.locator('#link dd[title^=galley-]').getAttribute('title')) ?? '';
  const isLiveAt = (board: BoardPage, name: string) =>
    waitFor(async () => {
      const link = await board.page.locator('button.badge').getAttribute('data-link');
      return link === 'live' && (await nameOf(board)) === name;
    }, `the board to be live at ${name}`);

  it('the badge names the gateway, and the other one after that', async () => {
    const [one, two] = [await openBoard(gateways.url), await openBoard(gateways.url)];
    const [ofOne, ofTwo] = [await nameOf(one), await nameOf(two)];
    expect([ofOne, ofTwo].sort()).toEqual([...NAMES].sort());
    await one.page.locator('button.badge').click();
    await one.page.getByText(`…${ofOne.slice(-19)}`).waitFor();
    await gateways.kill(ofOne);
    await isLiveAt(one, ofTwo);
    await one.page.getByText(`…${ofTwo.slice(-19)}`).waitFor();
    expect(await nameOf(two)).toBe(ofTwo);
  });

  it('an order that is dragged meanwhile is dropped, and stored once', async () => {
    const board = await openBoard(gateways.url);
    const { page, card, column } = board;
    const killed = await nameOf(board);
    const [from, to] = [await card('GL-1').boundingBox(), await column('Packaging').boundingBox()];
    if (!from || !to) throw new Error('The card and the column must be in sight');
    await page.mouse.move(from.x + 40, from.y + 40);
    await page.mouse.down();
    await page.mouse.move(from.x + 60, from.y + 60, { steps: 3 });
    await page.locator('.card.is-held').waitFor();
    await gateways.kill(killed);
    await page.locator('.badge:not([data-link=live])').waitFor();
    expect(await page.locator('.card.is-held').getAttribute('data-order')).toBe('GL-1');
    await page.mouse.move(to.x + 50, to.y + 120, { steps: 5 });
    await page.mouse.up();
    await expectCards(board, 'Packaging', ['GL-1']);
    await isLiveAt(board, NAMES.find((name) => name !== killed) ?? '');
    await waitFor(async () => (await page.locator('.is-held, .is-pending').count()) === 0, 'the card to be as stored');
    const { history } = (await cluster.orders.history('GL-1')).body;
    expect(history.map(({ status }) => status)).toEqual(['In Production', 'Packaging']);
    expect(await page.locator(':focus').getAttribute('data-order')).toBe('GL-1');
    await expectCards(board, 'Packaging', ['GL-1']);
  });
});
