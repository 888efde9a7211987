import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { bundle } from './bundle.js';
import { openPage, show } from './chromium.js';

const BOARD = 'docs/examples/react-board.tsx';

it('has the board of the tutorial live, in at most 60 lines', async () => {
  expect(readFileSync(BOARD, 'utf8').trim().split('\n').length).toBeLessThanOrEqual(60);
  const { url, orders } = await startCluster();
  await orders.place({ orderId: 'job-1', title: 'Flyers', quantity: 500 });
  const page = await openPage();
  const problems: string[] = [];
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  const sockets: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await show(page, url, await bundle(BOARD, { mode: 'development' }));

  const lane = (status: string) => page.locator(`section[title="${status}"]`).innerText();
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
  await waitFor(async () => (await lane('In Production')).includes('Flyers, 500 copies'), 'the order');
  await orders.place({ orderId: 'job-2', title: 'Posters', rush: true });
  await waitFor(async () => /Posters.*Flyers/s.test(await lane('In Production')), 'the order in a hurry, first');
  await page.locator('#job-1 button').click();
  await waitFor(async () => (await lane('In Printing')).includes('Flyers'), 'the order in the next lane');
  await orders.change('job-1', { closed: true });
  await waitFor(async () => !(await lane('In Printing')).includes('Flyers'), 'the closed order to leave');
  // StrictMode mounts everything twice, and two hooks need orders.
  expect(sockets).toHaveLength(1);
  // A page without an icon.
  expect(problems.filter((problem) => !problem.includes('404'))).toEqual([]);
});
