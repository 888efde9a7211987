import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { OrdersClient } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { openBoard } from './board-page.js';
import { readCodes } from './read-code.js';

/** Links signed with RSA are the longest, so their codes are the largest. Compose and `k8s/` have them. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const token = mintToken({ privateKey, role: 'staff', sub: 'ana', expiresIn: 600 });
const ORDER_ID = 'GL-2418';
const LEAST_PIXELS_A_MODULE = 3;
const LEAST_MM_A_MODULE = 0.4;
const MM_A_PIXEL = 25.4 / 96;

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster({
    settings: {
      AUTH: 'required',
      AUTH_PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      AUTH_PUBLIC_KEYS: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      PUBLIC_URL: 'https://orders.druckerei-am-hafen.example',
    },
  });
  await new OrdersClient(cluster.url, await token).place({ orderId: ORDER_ID });
});

const openPanel = async (size?: { width: number; height: number }) => {
  const board = await openBoard(cluster.url, { path: `/?order=${ORDER_ID}#token=${await token}`, size });
  await board.page.getByRole('button', { name: 'Make a tracking link' }).click();
  return { ...board, link: await board.page.getByLabel('Tracking link', { exact: true }).inputValue() };
};

describe('the code of a tracking link', () => {
  it.each([
    { width: 360, height: 760 },
    { width: 1_440, height: 900 },
    { width: 3_840, height: 2_160 },
  ])('can be read by a phone from a screen of $width px, light or dark', async (size) => {
    const { page, link, problems } = await openPanel(size);
    const code = page.locator('.panel-body .qr');
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await readCodes(await code.screenshot())).toEqual([link]);
    }
    const modules = Number((await code.getAttribute('viewBox'))?.split(' ').at(-1));
    const { width } = (await code.boundingBox()) ?? { width: 0 };
    expect(width / modules).toBeGreaterThanOrEqual(LEAST_PIXELS_A_MODULE);
    expect(width % modules).toBe(0);
    expect(problems).toEqual([]);
  });

  it('can be read from a printed job ticket', async () => {
    const { page, link } = await openPanel();
    await page.emulateMedia({ media: 'print' });
    const code = page.locator('.job-ticket .qr');
    const modules = Number((await code.getAttribute('viewBox'))?.split(' ').at(-1));
    const { width } = (await code.boundingBox()) ?? { width: 0 };
    expect((width * MM_A_PIXEL) / modules).toBeGreaterThanOrEqual(LEAST_MM_A_MODULE);
    expect(await readCodes(await page.screenshot({ fullPage: true }))).toEqual([link]);
  });
});

it('the code of a job ticket without a link leads to the order on the board', async () => {
  const { page } = await openBoard(cluster.url, { path: `/?order=${ORDER_ID}#token=${await token}` });
  await page.locator('.job-ticket').waitFor({ state: 'attached' });
  await page.emulateMedia({ media: 'print' });
  expect(await readCodes(await page.screenshot())).toEqual([`${cluster.url}/?order=${ORDER_ID}`]);
});
