import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, OrdersClient, Program, waitFor } from '@galley/testing';

const BUILD_WITHIN_MS = 300_000;

/** What an engineer does all day, in a copy of the working tree. */
describe('a working tree', () => {
  const folder = mkdtempSync(join(tmpdir(), 'galley-development-'));
  const run = (...command: [program: string, ...args: string[]]) => {
    const [program, ...args] = command;
    return execFileSync(program, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  };

  beforeAll(() => {
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).trim();
    for (const file of files.split('\n')) if (existsSync(file)) cpSync(file, join(folder, file));
    cpSync('node_modules', join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  }, BUILD_WITHIN_MS);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('builds nothing where the port of npm start is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    const started = new Program('npm', ['start'], { PORT: String(port) }, { cwd: folder, detached: true });
    expect(await started.exitCode()).toBe(1);
    expect(started.output).toContain(`Port ${port} is taken.`);
    expect(existsSync(join(folder, 'libs/contracts/dist'))).toBe(false);
    squatter.close();
  });

  it(
    'is built by the Nest CLI from nothing, and then app by app',
    () => {
      run('npx', 'nest', 'build', '--all');
      rmSync(join(folder, 'apps/gateway/dist'), { recursive: true });
      run('npx', 'nest', 'build', 'gateway');
      expect(existsSync(join(folder, 'apps/gateway/dist/main.js'))).toBe(true);
    },
    BUILD_WITHIN_MS,
  );

  it('gets parts with tests that pass the gate where the Nest CLI is asked for them', () => {
    for (const part of ['service', 'controller', 'module']) {
      run('npx', 'nest', 'generate', part, 'shelf', '--project', 'orders-api');
    }
    const files = ['module', 'service', 'controller', 'service.spec', 'controller.spec'];
    const paths = files.map((file) => `apps/orders-api/src/shelf/shelf.${file}.ts`);
    expect(paths.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
    const appModule = 'apps/orders-api/src/app.module.ts';
    expect(readFileSync(join(folder, appModule), 'utf8')).toMatch(/ShelfService[^]*ShelfController[^]*ShelfModule/);
    run('npx', 'prettier', '--check', ...paths);
    run('npx', 'eslint', '--max-warnings', '0', ...paths);
    run('npm', 'run', '--silent', 'test:unit', '--', 'apps/orders-api/src/shelf');
    rmSync(join(folder, 'apps/orders-api/src/shelf'), { recursive: true });
    cpSync(appModule, join(folder, appModule));
  }, 120_000);

  it('restarts after a change of a source with npm run start:dev', async () => {
    const port = await freePort();
    const started = new Program('npm', ['run', 'start:dev'], { PORT: String(port) }, { cwd: folder, detached: true });
    await started.says('Stop with Ctrl-C.', 60_000);
    const orders = new OrdersClient(`http://127.0.0.1:${port}`);
    const title = async () => (await orders.send<{ title: string }>('GET', '/nowhere')).body.title;
    const errors = join(folder, 'libs/contracts/src/errors.ts');
    const source = readFileSync(errors, 'utf8');
    writeFileSync(errors, source.replace('There is no such route', 'There is no such path'));
    await waitFor(async () => (await title()) === 'There is no such path', 'the change to be served', 60_000);
  }, 180_000);
});
