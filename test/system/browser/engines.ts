import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { own, Program } from '@galley/testing';
import { CHROMIUM } from './chromium.js';

interface Browser {
  /** The path of its program. */
  executable: string;
  /** The environment variable that names another path. */
  variable: string;
  debianPackage: string;
  /** @param home an empty folder for what it remembers */
  args: (home: string) => string[];
  needsDisplay?: true;
}

const BROWSERS = {
  Blink: {
    executable: CHROMIUM,
    variable: 'CHROMIUM',
    debianPackage: 'chromium-headless-shell',
    // Chromium refuses to run as root inside its sandbox, and `/dev/shm` of a container is small.
    args: (home) => ['--headless', '--no-sandbox', '--disable-dev-shm-usage', `--user-data-dir=${home}`],
  },
  Gecko: {
    executable: '/usr/bin/firefox-esr',
    variable: 'FIREFOX',
    debianPackage: 'firefox-esr',
    args: (home) => ['--headless', '--no-remote', '--profile', home],
  },
  WebKit: {
    executable: '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
    variable: 'WEBKIT',
    debianPackage: 'libwebkit2gtk-4.1-0',
    args: () => ['--private'],
    needsDisplay: true,
  },
} satisfies Record<string, Browser>;

export type Engine = keyof typeof BROWSERS;

export const ENGINES = Object.keys(BROWSERS) as Engine[];

/** Browsers call their makers by themselves. A proxy that does not exist keeps a test on this machine. */
const NO_INTERNET = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9', no_proxy: '127.0.0.1' };

/** What stands in for a screen. */
const DISPLAY_SERVER = '/usr/bin/Xvfb';

/**
 * Shows a page in a browser, as a person who opens it does. So it needs no driver, and browsers stay as people have them.
 * @throws Error that says which package of Debian is missing
 */
export async function openIn(engine: Engine, url: string, environment = process.env): Promise<void> {
  const { executable, variable, debianPackage, args, needsDisplay }: Browser = BROWSERS[engine];
  const path = environment[variable] ?? executable;
  mustExist(path, `apt-get install ${debianPackage}, or name another in ${variable}`);
  const home = await mkdtemp(join(tmpdir(), 'galley-browser-'));
  own(() => rm(home, { recursive: true, maxRetries: 5 }));
  const display = needsDisplay && { DISPLAY: await startDisplay() };
  start(path, [...args(home), url], { HOME: home, ...NO_INTERNET, ...display });
}

/** @returns its name */
async function startDisplay(): Promise<string> {
  mustExist(DISPLAY_SERVER, 'apt-get install xvfb');
  const server = start(DISPLAY_SERVER, ['-displayfd', '1', '-nolisten', 'tcp']);
  await server.says('\n');
  return `:${server.output.trim()}`;
}

/** It ends with the processes that it has started. */
function start(path: string, args: string[], env?: NodeJS.ProcessEnv): Program {
  const program = new Program(path, args, env, { detached: true });
  own(async () => {
    program.kill('SIGTERM');
    await program.exitCode();
  });
  return program;
}

function mustExist(path: string, cure: string): void {
  if (!existsSync(path)) throw new Error(`There is no ${path}, which this test needs: ${cure}`);
}
