import { chromium, type Page } from 'playwright-core';
import { own } from '@galley/testing';

/** Debian's, without the windows that nobody sees. `CHROMIUM` in the environment names another one. */
export const CHROMIUM = '/usr/bin/chromium-headless-shell';

/** What the tests ask the page for. */
export type BrowserPage = Page;

/** Starts a browser of its own, without a window. */
export async function openPage(): Promise<BrowserPage> {
  const args = [
    // Chromium refuses to run as root inside its sandbox, and `/dev/shm` of a container is small.
    ...['--no-sandbox', '--disable-dev-shm-usage'],
    // A page that `show` makes counts as one of the internet, which may open no WebSocket to this machine.
    '--disable-features=LocalNetworkAccessChecks',
    // Browsers trust `localhost` and its addresses also without TLS. They trust no other name.
    '--host-resolver-rules=MAP *.test 127.0.0.1',
  ];
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? CHROMIUM, args });
  own(() => browser.close());
  return browser.newPage();
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
