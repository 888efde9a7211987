import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const FOLDER = resolve('test/described');

/** The files that describe the API, as absolute paths. */
export const OPENAPI_FILE = resolve('apps/orders-api/docs/openapi.json');
export const ASYNCAPI_FILE = resolve('apps/orders-api/docs/asyncapi.json');

/** Installs the tools of `test/described`, exactly as its lock file says. */
export async function installDescriptionTools(): Promise<void> {
  await inFolder('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/**
 * Runs one of the tools.
 * @returns what it has printed
 * @throws Error with all that it has printed, if it fails
 */
export async function inFolder(command: string, args: readonly string[]): Promise<string> {
  // npm inherits settings of the `npm run` that has started the test.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  const options = { cwd: FOLDER, env: { ...env, NODE_OPTIONS: '' }, maxBuffer: 64 * 1024 * 1024 };
  try {
    return (await run(command, [...args], options)).stdout;
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} has failed:\n${stdout}${stderr}`, { cause });
  }
}
