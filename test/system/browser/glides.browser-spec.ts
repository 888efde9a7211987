import { beforeEach, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { expectCards, openBoard, type BoardPage } from './board-page.js';

interface Glide {
  /** What the card shows. */
  title: string;
  /** How far it glides, in pixels. */
  from: string;
  durationMs: number;
}

/** Run in the page: notes what begins to glide from now on. */
const NOTE_GLIDES = `(() => {
  const glides = [];
  const { animate } = Element.prototype;
  Element.prototype.animate = function (keyframes, timing) {
    const title = this.querySelector('h3')?.textContent;
    if (keyframes[0].translate) glides.push({ title, from: keyframes[0].translate, durationMs: timing.duration });
    return animate.call(this, keyframes, timing);
  };
  return glides;
})()`;

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await startCluster();
  for (const n of [1, 2, 3]) await cluster.orders.place({ orderId: `GL-${n}`, title: `Job ${n}` });
});

async function movedBySomebody(board: BoardPage): Promise<Glide[]> {
  const glides = await board.page.evaluateHandle<Glide[]>(NOTE_GLIDES);
  await cluster.orders.change('GL-2', { status: 'Packaging' });
  await expectCards(board, 'Packaging', ['GL-2']);
  await waitFor(async () => (await board.page.locator('.is-gliding').count()) === 0, 'the card to be in its column');
  return glides.jsonValue();
}

it('a card glides to its new column, and the one below it up to its place', async () => {
  const glides = await movedBySomebody(await openBoard(cluster.url));
  expect(glides).toEqual(
    expect.arrayContaining([
      { title: 'Job 2', from: expect.stringMatching(/^-\d{3}.*px \d+/), durationMs: 260 },
      { title: 'Job 1', from: expect.stringMatching(/^0px \d+/), durationMs: 260 },
    ]),
  );
  expect(glides).toHaveLength(2);
});

it('nothing glides where less motion is preferred', async () => {
  expect(await movedBySomebody(await openBoard(cluster.url, { reducedMotion: true }))).toEqual([]);
});
