import { resolve } from 'node:path';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
import { own } from '@galley/testing';

/** Debian's. `CHROMIUM` names another one. */
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** What the tests ask the page for. */
export type BrowserPage = Page;

/** Starts a browser of its own, without a window. */
export async function openPage(): Promise<BrowserPage> {
  const args = [
    // Chromium refuses to run as root inside its sandbox, and `/dev/shm` of a container is small.
    ...['--no-sandbox', '--disable-dev-shm-usage'],
    // A page that `show` makes counts as one of the internet, which may open no WebSocket to this machine.
    '--disable-features=LocalNetworkAccessChecks',
  ];
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args });
  own(() => browser.close());
  return browser.newPage();
}

interface BundleOptions {
  /** `development` has the checks of React, such as StrictMode's second mount. Default: `production` */
  mode?: 'development' | 'production';
  /** Default: 19 */
  react?: 18 | 19;
}

/** A package of its own has the older React, because npm installs one version beside a program. */
const REACT_18 = {
  react: resolve('test/react-18/node_modules/react'),
  'react-dom': resolve('test/react-18/node_modules/react-dom'),
  // An alias goes past the `browser` condition of the package.
  'react-dom/server': resolve('test/react-18/node_modules/react-dom/server.browser.js'),
};

/** Bundles a program for the browser, from the sources. */
export async function bundle(entry: string, { mode = 'production', react = 19 }: BundleOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    conditions: ['source'],
    ...(react === 18 && { alias: REACT_18 }),
    minify: mode === 'production',
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    logLevel: 'error',
  });
  return outputFiles.map(({ text }) => text).join('');
}

/**
 * Opens a page of the cluster's own origin with this script. Its one element is `<main id="board">`.
 * @param hash the end of the page's address, which tells the script what to do
 */
export async function show(page: BrowserPage, url: string, script: string, hash = ''): Promise<void> {
  await page.route(`${url}/board`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<!doctype html><title>Board</title><main id="board"></main><script type="module" src="/board.js"></script>',
    }),
  );
  await page.route(`${url}/board.js`, (route) => route.fulfill({ contentType: 'text/javascript', body: script }));
  await page.goto(`${url}/board${hash}`);
}
