import { beforeAll, describe, expect, it } from '@jest/globals';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openBoard, type BoardPage } from './board-page.js';
import { expectGoodLooks } from './good-looks.js';

const STATUSES = ['In Production', 'In Printing', 'In Binding', 'Packaging', 'Delivery'] as const;
/** Each view, by what leads to it from the board of `path`. */
const VIEWS: Record<string, { path: string; act?: (board: BoardPage) => Promise<unknown>; isWaitingFor?: string }> = {
  columns: { path: '/?sort=due', isWaitingFor: '[data-order=GL-1]' },
  list: { path: '/?view=list', isWaitingFor: '[data-order=GL-1]' },
  closed: { path: '/?view=closed', isWaitingFor: '[data-order=GL-closed]' },
  panel: { path: '/?order=GL-1', isWaitingFor: '.timeline li' },
  'new order': { path: '/', act: ({ page }) => page.keyboard.press('n'), isWaitingFor: 'dialog[open]' },
  menu: {
    path: '/',
    act: async ({ page, card }) => {
      await card('GL-1').focus();
      await page.keyboard.press('m');
    },
    isWaitingFor: '[role=menu]:popover-open',
  },
  connection: {
    path: '/',
    act: ({ page }) => page.locator('button.badge').click(),
    isWaitingFor: '#link:popover-open',
  },
  wall: { path: '/wall', isWaitingFor: '.wall-job' },
};

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster();
  for (const [index, status] of STATUSES.entries()) {
    const estimatedDate = index % 2 === 0 ? '2026-01-05' : '2099-01-05';
    const order = { orderId: `GL-${index + 1}`, title: `Annual report ${index}`, status, estimatedDate };
    await cluster.orders.place({ ...order, rush: index === 2 });
  }
  await cluster.orders.place({ orderId: 'GL-closed' });
  await cluster.orders.change('GL-closed', { closed: true });
});

describe.each(Object.entries(VIEWS))('the view %s', (_name, { path, act, isWaitingFor = 'main' }) => {
  it.each(['light', 'dark'] as const)(
    'has no violation of accessibility, no error and no sideways scrolling, at 360, 1280 and 3840 px, %s',
    async (colorScheme) => {
      const board = await openBoard(cluster.url, { path, reducedMotion: true });
      await board.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await act?.(board);
      await board.page.locator(isWaitingFor).first().waitFor();
      await expectGoodLooks(board);
      expect(board.problems).toEqual([]);
    },
  );
});

it('shows what is switched on, and a code that cameras can read, where colours are forced', async () => {
  const { page } = await openBoard(cluster.url, { path: '/?order=GL-1' });
  await page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Make a tracking link' }).click();
  await page.getByRole('img', { name: 'QR code of the tracking link' }).waitFor();
  const styleOf = (selector: string, property: string) =>
    page.evaluate<string>(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${property}`);
  expect(await styleOf('.chip[aria-pressed=true]', 'outlineStyle')).toBe('solid');
  expect(await styleOf('.chip[aria-pressed=false]', 'outlineStyle')).toBe('none');
  const brightness = (colour: string) => (colour.match(/\d+/g) ?? []).reduce((sum, part) => sum + Number(part), 0);
  const [ground, ink] = [await styleOf('.panel .qr', 'backgroundColor'), await styleOf('.panel .qr', 'color')];
  expect(brightness(ground)).toBeGreaterThan(brightness(ink));
});

it('lets a phone sort, too', async () => {
  const { page } = await openBoard(cluster.url, { size: { width: 360, height: 760 } });
  await page.getByRole('button', { name: 'newest first' }).click();
  await page.getByRole('button', { name: 'due date' }).waitFor();
});
