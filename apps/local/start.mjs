import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

/**
 * `npm start` checks that the port is free, builds what has changed, then runs the cluster in this process. With
 * `--from-source` (`npm run start:dev`) it builds nothing: the process compiles each source as it loads it.
 */

/** By default only this machine may connect, because no token is needed. */
const DEFAULTS = { HOST: '127.0.0.1', PORT: '3000' };
for (const [name, value] of Object.entries(DEFAULTS)) {
  if (!process.env[`${name}_FILE`]) process.env[name] ||= value;
}

await demandFreePort(Number(process.env.PORT), process.env.HOST);
if (process.argv.includes('--from-source')) await import('./src/main.ts');
else {
  build();
  await import('./dist/main.js');
}

/** Checks the port before anything is built. If it is not a number, the configuration refuses it later. */
async function demandFreePort(port, host) {
  if (!(port > 0 && port < 65_536)) return;
  const probe = createServer();
  try {
    await once(probe.listen({ port, host }), 'listening');
    await once(probe.close(), 'close');
  } catch (error) {
    process.stderr.write(`\n${explain(error, port)}\n\n`);
    process.exit(1);
  }
}

function explain({ code, message }, port) {
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken. Stop what uses it, or choose another one: PORT=3100 npm start`;
  }
  if (code === 'EACCES') return `This user may not use port ${port}. Choose one above 1024: PORT=3100 npm start`;
  return message;
}

/** Only what has changed since the last time. */
function build() {
  const args = ['node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json'];
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status !== 0) process.exit(1);
}
