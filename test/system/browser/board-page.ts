import { type Locator } from 'playwright-core';
import { waitFor } from '@galley/testing';
import { openPage, type BrowserPage } from './chromium.js';

/** The board in a browser, as its users see it. */
export interface BoardPage {
  page: BrowserPage;
  /** What the console and the policy of the page complain about. */
  problems: string[];
  card: (orderId: string) => Locator;
  column: (status: string) => Locator;
  /** The ids of the cards of a column, from the top. */
  cardsOf: (status: string) => Promise<string[]>;
}

interface OpenOptions {
  /** The path and query of the address. Default: `/` */
  path?: string;
  size?: { width: number; height: number };
  reducedMotion?: boolean;
}

/** Opens a page of Galley in a browser of its own, and waits until it is live. */
export async function openBoard(url: string, options: OpenOptions = {}): Promise<BoardPage> {
  const board = await openUnready(url, options);
  await board.page.getByText('Live', { exact: true }).first().waitFor();
  return board;
}

/** Opens a page of Galley that need not become live. */
export async function openUnready(
  url: string,
  { path = '/', size, reducedMotion }: OpenOptions = {},
): Promise<BoardPage> {
  const page = await openPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  if (size) await page.setViewportSize(size);
  if (reducedMotion) await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(url + path);
  const column = (status: string) => page.locator(`[data-column="${status}"]`);
  return {
    page,
    problems,
    card: (orderId) => page.locator(`[data-order="${orderId}"]`),
    column,
    cardsOf: async (status) => {
      const cards = await column(status).locator('[data-order]').all();
      const orderIds = await Promise.all(
        cards.map((card) => card.getAttribute('data-order', { timeout: 1_000 }).catch(() => null)),
      );
      return orderIds.flatMap((orderId) => orderId ?? []);
    },
  };
}

/** Waits until a column has exactly these cards, from the top. */
export async function expectCards({ cardsOf }: BoardPage, status: string, orderIds: string[]): Promise<void> {
  let cards: string[] = [];
  const hasCards = async () => {
    cards = await cardsOf(status);
    return cards.join() === orderIds.join();
  };
  await waitFor(hasCards, `other cards in ${status}`).catch((cause: unknown) => {
    throw new Error(`${status} has the cards ${cards.join(', ')} instead of ${orderIds.join(', ')}`, { cause });
  });
}
