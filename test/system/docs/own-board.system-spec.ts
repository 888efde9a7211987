import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { freePort, own, Program, waitFor } from '@galley/testing';
import { openPage, type BrowserPage } from '../browser/chromium.js';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { commandsOf, printedIn } from './documents.js';
import { Terminal } from './terminal.js';

const BROWSERS = { ALLOWED_ORIGINS: 'http://localhost:*' };
const INSTALL_MS = 300_000;

/** The files that a step prints, by their names: the text above each ends with its name. */
function filesOf(step: string[], names: string[]): [name: string, text: string][] {
  expect(step).toHaveLength(names.length);
  return names.map((name, i) => [name, step[i] ?? '']);
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'galley-tutorial-'));
  own(() => {
    rmSync(folder, { recursive: true });
  });
  symlinkSync(resolve('.'), join(folder, 'galley'));
  return folder;
}

const shows = (page: BrowserPage, orderId: string, status: string) =>
  page.locator('section', { hasText: status }).locator(`#${orderId}`).waitFor();

it(
  'makes the board of docs/TUTORIAL.md as it is printed: live, with moves that are taken back, and with tokens',
  async () => {
    const folder = makeFolder();
    const [build = '', install = ''] = printedIn('docs/TUTORIAL.md', '1. An empty folder', 'sh');
    await new Terminal('', {}).run(build);
    await new Terminal('', { npm_config_prefer_offline: 'true' }, folder).run(
      install.replaceAll('\n', ' && ').replace(/ && $/, ''),
    );

    const open = await startCluster({ settings: { AUTH: 'open', ...BROWSERS } });
    const terminal = new Terminal(open.url);
    const board = join(folder, 'my-board');
    const save = (files: [name: string, text: string][], { url }: TestCluster) => {
      for (const [name, text] of files) writeFileSync(join(board, name), new Terminal(url).here(text));
    };

    // 2. Live orders
    save(filesOf(printedIn('docs/TUTORIAL.md', '2. Live orders', 'html'), ['index.html']), open);
    save(filesOf(printedIn('docs/TUTORIAL.md', '2. Live orders', 'css'), ['board.css']), open);
    const programs = printedIn('docs/TUTORIAL.md', '2. Live orders', 'js');
    save(filesOf(programs, ['galley.js', 'card.js', 'board.js']), open);
    const [serve = '', place = ''] = printedIn('docs/TUTORIAL.md', '2. Live orders', 'sh');
    const port = await freePort();
    const command = `exec ${serve.trim()} --port ${port} --strictPort`;
    const vite = new Program('sh', ['-c', command], { NO_COLOR: '1' }, { cwd: board, detached: true });
    await vite.says(`http://localhost:${port}`, 60_000);
    const page = await openPage();
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    await page.goto(`http://localhost:${port}`);
    await page.getByRole('status').getByText('live').waitFor();
    await terminal.run(place);
    await shows(page, 'job-1', 'In Production (1)');

    // 3. Moves, and taking them back
    save(filesOf(printedIn('docs/TUTORIAL.md', '3. Moves, and taking them back', 'js'), ['card.js']), open);
    // Vite loads the page again after each change of a file.
    const move = page.getByRole('button', { name: 'To In Printing' });
    const undo = page.getByRole('button', { name: 'Undo' });
    await move.click();
    await shows(page, 'job-1', 'In Printing (1)');
    await undo.click();
    await shows(page, 'job-1', 'In Production (1)');
    await move.click();
    await shows(page, 'job-1', 'In Printing (1)');
    const [faster = ''] = printedIn('docs/TUTORIAL.md', '3. Moves, and taking them back', 'sh');
    await terminal.run(faster);
    await shows(page, 'job-1', 'Packaging (1)');
    await undo.click();
    await page.getByText('Somebody else has moved job-1: it is in Packaging now').waitFor();
    expect(problems).toEqual([]);

    // 4. Who are you?
    const [start = '', mint = ''] = printedIn('docs/TUTORIAL.md', '4. Who are you?', 'sh');
    const staff = new Terminal('', {});
    await staff.set(start.replace(/^npm start$/m, ''));
    const { AUTH_JWT_SECRET } = staff.env;
    const closed = await startCluster({ settings: { AUTH: 'required', AUTH_JWT_SECRET, ...BROWSERS } });
    const token = (await staff.run(mint)).trim();
    const soonEnded = (await staff.run(`${mint.trim()} --hours 0.002`)).trim();
    let asked = 0;
    page.on('dialog', (dialog) => void dialog.accept(asked++ === 0 ? soonEnded : token));
    save(filesOf(printedIn('docs/TUTORIAL.md', '4. Who are you?', 'js'), ['galley.js']), closed);
    await page.waitForFunction('sessionStorage.token');
    await page.getByRole('status').getByText('live').waitFor();
    await waitFor(() => asked === 2, 'the page to ask for another token', 60_000);
    await page.waitForFunction('connection.textContent === "live" && message.textContent === ""');
    expect(problems).toEqual([]);
    vite.kill('SIGTERM');

    // 5. Put it somewhere
    const [bundle = ''] = printedIn('docs/TUTORIAL.md', '5. Put it somewhere').flatMap(commandsOf);
    await new Terminal('', {}, board).run(`${bundle} && test -f dist/index.html`);
  },
  INSTALL_MS,
);
