import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { type UserRole } from '@galley/contracts';
import { OrdersClient, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openBoard, openUnready } from './board-page.js';
import { type BrowserPage } from './chromium.js';

const secret = randomBytes(32).toString('hex');
const tokenOf = (role: UserRole, sub: string, expiresIn = 600) => mintToken({ secret, role, sub, expiresIn });
/** Long enough to open the board and move an order. */
const SHORT_SECONDS = 20;

let cluster: TestCluster;
let staff: OrdersClient;
let n = 100;

beforeAll(async () => {
  cluster = await startCluster({ settings: { AUTH: 'required', AUTH_JWT_SECRET: secret } });
  staff = new OrdersClient(cluster.url, await tokenOf('staff', 'ben'));
  await staff.place({ orderId: 'GL-1', title: 'Poetry', customerId: 'ana' });
  await staff.place({ orderId: 'GL-2', title: 'Posters', customerId: 'bo' });
});

describe('where tokens are asked for', () => {
  it('the board asks for one, says if it is wrong, and opens with a right one', async () => {
    const { page, card } = await openUnready(cluster.url);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('Token').fill('nonsense');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This token is not taken.').waitFor();
    await page.getByLabel('Token').fill(` ${await tokenOf('staff', 'ana')}\n`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await card('GL-1').waitFor();
  });

  it('a token in the address opens the board, and stays neither there nor in the history', async () => {
    const { page, card, problems } = await openBoard(cluster.url, { path: `/#token=${await tokenOf('staff', 'ana')}` });
    await card('GL-1').waitFor();
    expect(new URL(page.url()).hash).toBe('');
    await page.reload();
    await card('GL-1').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(problems.filter((text) => !text.includes('401'))).toEqual([]);
  });

  it('so does a token in an address that is opened where the page is shown already', async () => {
    const { page, card } = await openUnready(cluster.url);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goto(`${cluster.url}/#token=${await tokenOf('staff', 'ana')}`);
    await card('GL-1').waitFor();
    expect(new URL(page.url()).hash).toBe('');
  });

  it.each(['staff', 'customer'] as const)(
    'a shop with a sign-in of its own gives the pages the token of its %s',
    async (role) => {
      const { page } = await openUnready(`${cluster.url}/icon.svg`, { path: '' });
      const token = await tokenOf(role, 'ana');
      await page.route(`${cluster.url}/my-token`, (route) => route.fulfill({ body: `${token}\n` }));
      await page.route(`${cluster.url}/`, async (route) => {
        const response = await route.fetch();
        const html = (await response.text()).replace(
          'name="galley:token-url" content=""',
          'name="galley:token-url" content="/my-token"',
        );
        await route.fulfill({ response, body: html });
      });
      await page.goto(cluster.url);
      await page.getByText('Poetry').first().waitFor();
      const hasNewOrder = async () => (await page.getByRole('button', { name: 'New order' }).count()) > 0;
      await waitFor(async () => (await hasNewOrder()) === (role === 'staff'), `the view of ${role}`);
    },
  );

  describe('when a token ends while a move is not saved', () => {
    const endWithMove = async () => {
      await staff.place({ orderId: `GL-${++n}`, title: 'Flyers' });
      const board = await openBoard(cluster.url, { path: `/#token=${await tokenOf('staff', 'cem', SHORT_SECONDS)}` });
      const { page, card } = board;
      await page.route(`${cluster.url}/orders/GL-${n}`, (route) => route.abort());
      await card(`GL-${n}`).focus();
      await page.keyboard.press('4');
      await page.locator('[data-order].is-pending').waitFor();
      await page.getByText('Your token has ended').waitFor();
      return board;
    };
    const signIn = async (page: BrowserPage, sub: string) => {
      await page.getByLabel('Token').fill(await tokenOf('staff', sub));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Live', { exact: true }).first().waitFor();
    };

    it('the move is saved once its user has signed in again', async () => {
      const { page } = await endWithMove();
      await signIn(page, 'cem');
      await page.unroute(`${cluster.url}/orders/GL-${n}`);
      await waitFor(async () => (await staff.get(`GL-${n}`)).body.status === 'Packaging', 'the move');
    });

    it('it is not sent in the name of another user', async () => {
      const { page } = await endWithMove();
      await signIn(page, 'dora');
      const sent = page.waitForRequest((request) => request.method() === 'PATCH');
      await page.unroute(`${cluster.url}/orders/GL-${n}`);
      expect((await sent).headers().authorization).toBeUndefined();
      expect((await staff.get(`GL-${n}`)).body.status).toBe('In Production');
    });
  });

  it('a screen gets the wall, wherever it is opened', async () => {
    const { page } = await openBoard(cluster.url, { path: `/#token=${await tokenOf('screen', 'hall')}` });
    await page.locator('.wall').getByText('Posters').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
  });

  it('colleagues are told by name who has moved an order', async () => {
    const { page, card } = await openBoard(cluster.url, { path: `/#token=${await tokenOf('staff', 'ana')}` });
    await staff.change('GL-1', { status: 'In Printing' });
    await card('GL-1').getByText('Ben · now').waitFor();
    await card('GL-1').click();
    await page.locator('.timeline').getByText('Ben moved it to In Printing').waitFor();
    await page.getByRole('button', { name: 'Move on to Binding' }).click();
    await page.locator('.timeline').getByText('You moved it to In Binding').waitFor();
    await card('GL-1').getByText('you · now').waitFor();
  });

  it('a customer sees their own orders, live, and nothing to change them with', async () => {
    const { page } = await openBoard(cluster.url, { path: `/#token=${await tokenOf('customer', 'ana')}` });
    await page.getByText('Poetry').waitFor();
    expect(await page.getByText('Posters').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'New order' }).count()).toBe(0);
    await staff.change('GL-1', { status: 'Delivery' });
    await page.getByText('Delivery').waitFor();
  });

  it('a wall shows all orders to a screen, without names and with nothing to press', async () => {
    const { page, problems } = await openBoard(cluster.url, { path: `/wall#token=${await tokenOf('screen', 'hall')}` });
    await page.getByText('Posters').waitFor();
    await staff.change('GL-2', { status: 'Packaging', note: 'a secret' });
    await waitFor(
      async () => (await page.locator('.wall-column[data-stage="4"]').innerText()).includes('Posters'),
      'the order in its new column',
    );
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await page.locator('body').innerText()).not.toMatch(/ben|secret/i);
    expect(problems).toEqual([]);
  });

  it('a wall without a token says what it needs', async () => {
    const { page } = await openUnready(cluster.url, { path: '/wall' });
    await page.getByText('This wall needs a token of the role screen').waitFor();
  });
});
