import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * `npm start` checks what it needs, builds what has changed, then runs the cluster in this process. With `--from-source`
 * (`npm run start:dev`) it builds only the pages: the process compiles each other source as it loads it.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
demandNode();
await import('./env-file.mjs');

/** By default only this machine may connect, because no token is needed. */
const DEFAULTS = { HOST: '127.0.0.1', PORT: '3000' };
for (const [name, value] of Object.entries(DEFAULTS)) {
  if (!process.env[`${name}_FILE`]) process.env[name] ||= value;
}

const compiler = `${root}node_modules/typescript/bin/tsc`;
const script = process.env.npm_lifecycle_event ?? 'start';
const ANOTHER_PORT = `choose another port: PORT=3100 npm ${script === 'start' ? script : `run ${script}`}`;

if (!existsSync(compiler)) end('The packages are not installed: run npm ci');
await demandFreePort(Number(process.env.PORT), process.env.HOST);
const fromSource = process.argv.includes('--from-source');
if (!fromSource && !existsSync(`${root}apps/local/dist`)) process.stdout.write('\nBuilding, about a minute ...\n');
if (!fromSource) run(compiler, '-b', 'tsconfig.build.json');
run('apps/web/build.mjs');
if (fromSource) await import('./src/main.ts');
else await import('./dist/main.js');

/** An older Node fails later, with an error that does not name it. */
function demandNode() {
  const { engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  const oldest = engines.node.replace('>=', '');
  const isNewEnough = process.versions.node.localeCompare(oldest, 'en', { numeric: true }) >= 0;
  if (!isNewEnough) end(`Galley needs Node ${oldest} or newer, and this is Node ${process.versions.node}`);
}

/** Checks the port before anything is built. If it is not a number, the configuration refuses it later. */
async function demandFreePort(port, host) {
  if (!(port > 0 && port < 65_536)) return;
  const code = await listenError(port, host);
  if (code === 'EADDRINUSE') end(`Port ${port} is taken. Stop what uses it, or ${ANOTHER_PORT}`);
  if (code === 'EACCES') end(`This user may not use port ${port}. Use one above 1023, so ${ANOTHER_PORT}`);
  if (code) end(`Galley cannot listen at HOST=${host} (${code}): it must be an address of this machine`);
  // For `localhost`, most programs try IPv6 first.
  if (host === DEFAULTS.HOST && (await listenError(port, '::1')) === 'EADDRINUSE') {
    end(
      `Another program has port ${port} of IPv6, and would get what is sent to localhost. Stop it, or ${ANOTHER_PORT}`,
    );
  }
}

async function listenError(port, host) {
  const probe = createServer();
  try {
    await once(probe.listen({ port, host }), 'listening');
    await once(probe.close(), 'close');
    return undefined;
  } catch (error) {
    return error.code;
  }
}

/** Runs a build, which builds only what has changed since the last time. */
function run(...args) {
  if (spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);
}

function end(sentence) {
  process.stderr.write(`\n${sentence}\n\n`);
  process.exit(1);
}
