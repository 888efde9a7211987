import { beforeAll, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openBoard } from './board-page.js';

const DESKTOP = { width: 1_280, height: 800 };
const PHONE = { width: 360, height: 760 };

/** Run in the page: for each chip with a count, the pixels from its edges to its text. */
const PADDINGS = `[...document.querySelectorAll('.chip:has(b)')].map((chip) => {
  const text = document.createRange();
  text.selectNodeContents(chip);
  const count = document.createRange();
  count.selectNodeContents(chip.querySelector('b'));
  const box = chip.getBoundingClientRect();
  const first = chip.querySelector('svg')?.getBoundingClientRect() ?? text.getBoundingClientRect();
  return [first.left - box.left, box.right - count.getBoundingClientRect().right].map(Math.round);
})`;

/** Run in the page: whether the middle of each edge of the card of `GL-low` is in sight. */
const IS_CARD_IN_SIGHT = `(() => {
  const card = document.querySelector('[data-order=GL-low]');
  const { left, right, top, bottom } = card.getBoundingClientRect();
  const points = [[left + 9, top + 9], [right - 9, top + 9], [left + 9, bottom - 9], [right - 9, bottom - 9]];
  return points.every(([x, y]) => card.contains(document.elementFromPoint(x, y)));
})()`;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
  for (let n = 0; n < 9; n++) await cluster.orders.place({ orderId: `GL-${n}`, status: 'Delivery', rush: n === 0 });
});

it('chips have the same room at both sides of their text, and do not move when a count gets a second digit', async () => {
  const { page, card } = await openBoard(cluster.url, { size: DESKTOP });
  const widths = () =>
    page.evaluate<number[]>("[...document.querySelectorAll('.chip')].map((chip) => chip.offsetWidth)");
  const before = await widths();
  for (const paddings of await page.evaluate<[number, number][]>(PADDINGS)) expect(paddings[0]).toBe(paddings[1]);
  await cluster.orders.place({ orderId: 'GL-low', status: 'Delivery', dateIssued: '2026-01-05T08:00:00Z' });
  await card('GL-low').waitFor();
  await page.getByRole('button', { name: 'All 10' }).waitFor();
  for (const paddings of await page.evaluate<[number, number][]>(PADDINGS)) expect(paddings[0]).toBe(paddings[1]);
  expect(await widths()).toEqual(before);
});

it.each([
  ['a desktop', DESKTOP],
  ['a phone', PHONE],
])('on %s, the message of a conflict does not cover the card that it is about', async (_name, size) => {
  const { page, card } = await openBoard(cluster.url, { size, reducedMotion: true });
  await card('GL-low').focus();
  await page.keyboard.press('e');
  await page.getByRole('dialog').getByLabel('Quantity').fill(String(size.width));
  await page.getByRole('button', { name: 'Save' }).click();
  const isStored = async () => (await cluster.orders.get('GL-low')).body.quantity === size.width;
  await waitFor(isStored, 'the quantity to be stored');
  await cluster.orders.change('GL-low', { quantity: 9_999 });
  await card('GL-low').getByText('9,999').waitFor();
  await card('GL-low').focus();
  await page.keyboard.press('Control+z');
  await page.getByText('Somebody changed this').waitFor();
  expect(await page.evaluate<boolean>(IS_CARD_IN_SIGHT)).toBe(true);
});
