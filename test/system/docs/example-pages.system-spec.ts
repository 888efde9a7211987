import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, Program, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { printedIn } from './documents.js';
import { openPage, type BrowserPage } from '../browser/chromium.js';

let cluster: TestCluster;
let page: BrowserPage;
const problems: string[] = [];
beforeAll(async () => {
  cluster = await startCluster({ settings: { ALLOWED_ORIGINS: 'http://localhost:*' } });
  page = await openPage();
  page.on('pageerror', ({ message }) => problems.push(message));
});

const COMMANDS = {
  page: printedIn('examples/page/README.md', 'The open orders in one HTML file'),
  react: printedIn('examples/react/README.md', 'An order desk in React'),
};

/** Runs the command that the README of an example prints, at a port of the test's own, and opens its page. */
async function open(example: keyof typeof COMMANDS): Promise<void> {
  const command = (COMMANDS[example][0] ?? '').trim();
  expect(readFileSync('examples/README.md', 'utf8')).toContain(`\`${command}\``);
  const port = String(await freePort());
  const options = `${command.startsWith('npm ') ? '-- ' : ''}--port ${port} --strictPort`;
  const server = new Program('sh', ['-c', `exec ${command} ${options}`], { NO_COLOR: '1' }, { detached: true });
  await server.says(`http://localhost:${port}/`, 60_000);
  await page.goto(`http://localhost:${port}/?galley=${cluster.url}`);
}

const lines = (selector: string) => page.locator(selector).allInnerTexts();

describe('the page of an example', () => {
  it('shows the open orders without any package, live', async () => {
    await cluster.orders.place({ orderId: 'before', title: 'Flyers', quantity: 500 });
    await open('page');
    const rows = async () => (await lines('tr')).map((row) => row.replaceAll('\t', ' '));
    await waitFor(async () => (await rows()).includes('before Flyers 500 copies In Production'), 'the order', 30_000);
    await cluster.orders.place({ orderId: 'after', title: 'Cards', quantity: 1 });
    await cluster.orders.change('before', { status: 'Packaging' });
    await waitFor(
      async () => (await rows()).join() === 'before Flyers 500 copies Packaging,after Cards 1 copies In Production',
      'both orders',
    );
    await cluster.orders.change('before', { closed: true });
    await cluster.orders.remove('after');
    await waitFor(async () => (await rows()).length === 0, 'an empty table');
    expect(await lines('[role=status]')).toEqual(['live']);
  });

  it('places, moves and takes back orders with React, and says what was refused', async () => {
    await open('react');
    await page.getByLabel('Title').fill('Posters');
    await page.getByRole('button', { name: 'Place' }).click();
    const order = page.getByRole('listitem').filter({ hasText: 'Posters, 500 copies' });
    await order.getByText('In Production').waitFor();
    await order.getByRole('button', { name: 'In Printing' }).click();
    await waitFor(async () => (await order.innerText()).includes(': In Printing'), 'the move');
    await page.getByRole('button', { name: 'Undo' }).click();
    await waitFor(async () => (await order.innerText()).includes(': In Production'), 'the move to be taken back');
    await page.getByRole('status').getByText('live, 0 to save').waitFor();
    // Somebody else is faster: the page does not hear of it before it moves the order, too.
    await page.context().setOffline(true);
    const { orders } = (await cluster.orders.list()).body;
    const orderId = orders.find(({ title }) => title === 'Posters')?.orderId ?? '';
    await cluster.orders.change(orderId, { status: 'Delivery' });
    await order.getByRole('button', { name: 'In Printing' }).click();
    await page.context().setOffline(false);
    await page.getByRole('alert').waitFor({ timeout: 30_000 });
    await waitFor(async () => (await order.innerText()).includes(': Delivery'), 'what is stored');
    expect(problems).toEqual([]);
  });
});
