import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { type UserRole } from '@galley/contracts';
import { OrdersClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openUnready, type BoardPage } from './board-page.js';
import { expectGoodLooks } from './good-looks.js';

const secret = randomBytes(32).toString('hex');
const tokenOf = (role: UserRole, sub: string) => mintToken({ secret, role, sub, expiresIn: 600 });

interface View {
  path: string;
  role?: UserRole;
  act?: (board: BoardPage) => Promise<unknown>;
  isWaitingFor: string;
}

const VIEWS: Record<string, View> = {
  board: { path: '/', role: 'staff', isWaitingFor: '[data-order=GL-1]' },
  list: { path: '/?view=list', role: 'staff', isWaitingFor: '[data-order=GL-1]' },
  panel: { path: '/?order=GL-1', role: 'staff', isWaitingFor: '.timeline li' },
  'dialog of a new order': {
    path: '/',
    role: 'staff',
    act: async ({ page, card }) => {
      await card('GL-1').waitFor();
      await page.keyboard.press('n');
    },
    isWaitingFor: 'dialog[open]',
  },
  menu: {
    path: '/',
    role: 'staff',
    act: async ({ page, card }) => {
      await card('GL-1').focus();
      await page.keyboard.press('m');
    },
    isWaitingFor: '[role=menu]:popover-open',
  },
  connection: {
    path: '/',
    role: 'staff',
    act: async ({ page }) => page.locator('.badge[data-link=live]').click(),
    isWaitingFor: '#link:popover-open',
  },
  wall: { path: '/wall', role: 'screen', isWaitingFor: '.wall-job' },
  'sign-in': { path: '/', isWaitingFor: '.sign-in' },
  'orders of a customer': { path: '/', role: 'customer', isWaitingFor: '[data-order=GL-1]' },
};

/** What both languages call the same, and what is no language. */
const SAME =
  /^(Galley|Live|Filter|Gateway|Position|Token|Ben|gateway-\d|GL-\d|Nordlicht|Jahresbericht|Ctrl Z|Del|\d+ ms|…\w+:\d+|.{0,2})$/;

/** Run in the page: all that it says, also to those who do not see. */
const TEXTS = `(() => {
  const texts = new Set();
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) if (nodes.currentNode.parentElement.checkVisibility()) texts.add(nodes.currentNode.data.trim());
  for (const element of document.querySelectorAll('[aria-label], [placeholder]')) {
    if (element.checkVisibility()) texts.add(element.ariaLabel ?? element.placeholder);
  }
  return [...texts].filter((text) => /[a-z]/i.test(text));
})()`;

/** Run in the page: the texts of what has no room for them. */
const CUT_OFF = `[...document.querySelectorAll('button, h1:not(:has(.wordmark)), h2, h3, label, dt, th, .chip, .tab, .due, .empty, .wall-head, .late-count')]
  .filter((element) => element.checkVisibility() && element.clientWidth > 0 && element.scrollWidth > element.clientWidth)
  .map((element) => element.textContent)`;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({ settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
  const staff = new OrdersClient(cluster.url, await tokenOf('staff', 'ben'));
  const order = { title: 'Jahresbericht', customerId: 'Nordlicht', rush: true };
  const statuses = ['In Production', 'In Printing', 'In Binding', 'Packaging'] as const;
  for (const [n, status] of statuses.entries()) {
    await staff.place({ ...order, orderId: `GL-${n + 1}`, status, estimatedDate: n < 3 ? '2026-01-05' : '2099-01-05' });
  }
  await staff.change('GL-1', { estimatedDate: '2026-01-06' });
});

const open = async ({ path, role, act, isWaitingFor }: View, language: string) => {
  const hash = role ? `#token=${await tokenOf(role, role === 'customer' ? 'Nordlicht' : 'ana')}` : '';
  const address = `${path}${path.includes('?') ? '&' : '?'}lang=${language}${hash}`;
  const board = await openUnready(cluster.url, { path: address, reducedMotion: true });
  await act?.(board);
  await board.page.locator(isWaitingFor).first().waitFor();
  return board;
};

describe.each(Object.entries(VIEWS))('the view %s', (_name, view) => {
  it('has no word of English and nothing that is cut off in German, at 360 and 1280 px (a wall at 1280 and 3840)', async () => {
    const { page } = await open(view, 'de');
    expect(await page.evaluate<string>('document.documentElement.lang')).toBe('de');
    const english = await (await open(view, 'en')).page.evaluate<string[]>(TEXTS);
    const german = await page.evaluate<string[]>(TEXTS);
    expect(german.filter((text) => english.includes(text) && !SAME.test(text))).toEqual([]);
    for (const width of view.role === 'screen' ? [1_280, 3_840] : [360, 1_280]) {
      await page.setViewportSize({ width, height: 800 });
      expect([width, await page.evaluate<string[]>(CUT_OFF)]).toEqual([width, []]);
    }
  });
});

describe.each(Object.entries(VIEWS).filter(([name]) => ['sign-in', 'orders of a customer'].includes(name)))(
  'the view %s',
  (_name, view) => {
    it.each(['light', 'dark'] as const)(
      'has no violation of accessibility, and no sideways scrolling, %s',
      async (colorScheme) => {
        const board = await open(view, 'en');
        await board.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await expectGoodLooks(board);
      },
    );
  },
);
