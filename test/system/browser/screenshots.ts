import { mkdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { mintToken } from '@galley/access';
import { runTool } from '@galley/runtime';
import { closeAll, OrdersClient, own } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { openBoard, type BoardPage } from './board-page.js';
import { SHOP_ORDERS } from './shop-orders.js';
import { takeTracking } from './tracking-screenshots.js';

const HELP = `npm run screenshots: takes the pictures of docs/images again, in Chromium
`;

const FOLDER = 'docs/images';
const DESKTOP = { width: 1_280, height: 800 };
const secret = randomBytes(32).toString('hex');
const tokenOf = (role: 'staff' | 'screen', sub: string) => mintToken({ secret, role, sub, expiresIn: 3_600 });

await runTool({ help: HELP, options: {} }, async () => {
  mkdirSync(FOLDER, { recursive: true });
  try {
    await takeAll();
  } finally {
    await closeAll();
  }
});

async function takeAll(): Promise<void> {
  const { url } = await startCluster({
    settings: { AUTH: 'required', AUTH_JWT_SECRET: secret, PUBLIC_URL: 'https://print.example' },
    shopName: 'Offizin Birkenhof',
    shopPhone: '+49 30 1234567',
  });
  const ben = new OrdersClient(url, await tokenOf('staff', 'ben'));
  for (const order of SHOP_ORDERS) await ben.place(order);
  const open = async (path: string, size = DESKTOP, at = url) =>
    openBoard(at, { path: `${path}#token=${await tokenOf('staff', 'ana')}`, size, reducedMotion: true });
  const take = (board: BoardPage, name: string) => board.page.screenshot({ path: `${FOLDER}/${name}.png` });

  const board = await open('/?sort=due');
  await ben.change('GL-2418', { note: 'Plates for sheet 4 remade, old ones scratched.' });
  await ben.change('GL-2418', { message: 'Cover stock arrived late. Binding starts today.' });
  await ben.change('GL-2433', { status: 'In Binding' });
  await board.page.locator('.is-lit').first().waitFor();
  await take(board, 'board');
  await board.page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await take(board, 'board-dark');

  const phone = await open('/?sort=due', { width: 360, height: 760 });
  await take(phone, 'board-phone');

  const panel = await open('/?sort=due', { width: 1_440, height: 1_560 });
  await panel.card('GL-2418').click();
  await panel.page.getByRole('button', { name: 'Move on to Binding' }).click();
  await panel.page.locator('.timeline').getByText('You moved it').waitFor();
  await panel.page.getByRole('button', { name: 'Make a tracking link' }).click();
  await panel.page.locator('.panel .link-row .qr').waitFor();
  await take(panel, 'panel');

  const wall = await openBoard(url, {
    path: `/wall#token=${await tokenOf('screen', 'hall')}`,
    size: { width: 1_920, height: 1_080 },
  });
  await wall.page.locator('.wall-job').first().waitFor();
  await take(wall, 'wall');

  const conflict = await open('/?sort=due');
  await conflict.page.route(
    `${url}/orders/GL-2427`,
    async (route) => {
      await ben.change('GL-2427', { status: 'Packaging' });
      await route.continue();
    },
    { times: 1 },
  );
  await conflict.card('GL-2427').focus();
  await conflict.page.keyboard.press('5');
  await conflict.page.getByRole('alert').waitFor();
  await take(conflict, 'conflict');

  const proxy = await FaultProxy.start(url);
  own(() => proxy.close());
  const offline = await open('/?sort=due', DESKTOP, new URL(proxy.url).origin);
  for (const direction of ['toServer', 'toClient'] as const) proxy.blackHole(direction);
  await offline.page.context().setOffline(true);
  await offline.page.locator('.badge[data-link=offline]').waitFor();
  await offline.card('GL-2427').focus();
  await offline.page.keyboard.press('5');
  await offline.page.locator('[data-order].is-pending').waitFor();
  await offline.page.locator('button.badge').click();
  await take(offline, 'offline');

  await takeTracking(url, ben, `${FOLDER}/tracking.png`);
}
