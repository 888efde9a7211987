import { beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor, own } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { expectCards, openBoard } from './board-page.js';

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
    await page.locator('.is-pending').waitFor();
    expect((await cluster.orders.get('GL-1')).body.status).toBe('In Production');

    proxy.heal();
    await page.context().setOffline(false);
    await page.locator('.badge[data-link=live]').waitFor();
    await waitFor(async () => (await cluster.orders.get('GL-1')).body.status === 'Packaging', 'the move to be stored');
    await waitFor(async () => (await page.locator('.is-pending').count()) === 0, 'the card to be as stored');
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
