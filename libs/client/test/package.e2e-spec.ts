import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

const run = promisify(execFile);
const root = resolve('.');
let project: string;

beforeAll(async () => {
  await run('npm', ['run', '--silent', 'build:client']);
  project = await mkdtemp(join(tmpdir(), 'galley-client-'));
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', project], {
    cwd: 'libs/client/package',
  });
  const installed = join(project, 'node_modules/@galley/client');
  await mkdir(installed, { recursive: true });
  await run('tar', ['xzf', join(project, stdout.trim()), '-C', installed, '--strip-components', '1']);
  for (const name of ['socket.io-client', 'zod']) {
    await symlink(join(root, 'node_modules', name), join(project, 'node_modules', name));
  }
  await writeFile(join(project, 'package.json'), '{ "type": "module" }');
}, 120_000);
afterAll(() => rm(project, { recursive: true, force: true }));

it('has types for a program', async () => {
  const program = `
    import { trackOrders, type Actor, type Order, type OrdersTracker, type OrderUpdatedEvent } from '@galley/client';
    const tracker: OrdersTracker = trackOrders({ url: 'http://localhost:3000', open: true, status: 'Delivery' });
    const who = ({ actor, note }: OrderUpdatedEvent): [Actor | undefined, string | undefined] => [actor, note];
    const isHurried = ({ rush, closedAt }: Order): boolean => rush === true && closedAt === undefined;
    tracker.on('updated', (event) => [who(event), isHurried(event.order)]);
    const titles: string[] = tracker.getSnapshot().orders.map(({ title }) => title);
    tracker.on('updated', ({ revision }) => titles.push(String(revision satisfies number)));
    // @ts-expect-error: there is no such state
    if (tracker.getSnapshot().connection === 'connected') tracker.close();
  `;
  await writeFile(join(project, 'program.ts'), program);
  // Without --skipLibCheck and the types of Node: the package's own types must do in a browser's program.
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,dom'];
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run('node', [tsc, ...options, 'program.ts'], { cwd: project });
  expect(stdout).toBe('');
}, 60_000);

it('runs without zod', async () => {
  await rm(join(project, 'node_modules/zod'));
  const program = `
    import { trackOrders } from '@galley/client';
    const tracker = trackOrders({ url: 'http://127.0.0.1:1' });
    console.log(tracker.getSnapshot().connection);
    tracker.close();
  `;
  await writeFile(join(project, 'program.mjs'), program);
  const { stdout } = await run('node', ['program.mjs'], { cwd: project });
  expect(stdout.trim()).toBe('offline');
}, 60_000);
