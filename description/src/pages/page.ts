import { html, type Html } from '@galley/http';
import { formatted } from '../formatted.js';

const PAGES = [
  { path: '/docs', name: 'REST' },
  { path: '/docs/events', name: 'Events' },
] as const;

export interface Page {
  path: (typeof PAGES)[number]['path'];
  /** The file that has all that the page shows. */
  source: 'openapi.json' | 'asyncapi.json';
  /** Its own style sheets and scripts, beside those of every page. */
  assets?: readonly string[];
  main: Html;
}

/** Writes a page of `/docs` as `apps/orders-api/docs/FILE`. Nothing in it is inline, because its policy forbids that. */
export function writePage(file: string, { path, source, assets = [], main }: Page): Promise<string> {
  const title = PAGES.find((page) => page.path === path)?.name;
  const text = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Galley</title>
        <link rel="icon" href="/docs/assets/icon.svg" />
        ${['tokens.css', 'docs.css', ...assets].map(loaded)}
      </head>
      <body>
        <header class="bar">
          <a class="wordmark" href="/">${MARK}Galley</a>
          <nav aria-label="Pages">${PAGES.map((page) => link(page, page.path === path))}</nav>
          <a class="file" href="/docs/${source}">${source}</a>
        </header>
        ${main}
      </body>
    </html>`;
  return formatted(text.source, `apps/orders-api/docs/${file}`);
}

const loaded = (asset: string): Html =>
  asset.endsWith('.css')
    ? html`<link rel="stylesheet" href="/docs/assets/${asset}" />`
    : html`<script defer src="/docs/assets/${asset}"></script>`;

const link = ({ path, name }: (typeof PAGES)[number], isCurrent: boolean): Html =>
  isCurrent ? html`<a href="${path}" aria-current="page">${name}</a>` : html`<a href="${path}">${name}</a>`;

/** The registration mark, as on the board. */
const MARK = html`<svg viewBox="0 0 16 16" aria-hidden="true">
  <circle cx="8" cy="8" r="4" />
  <path d="M8 .75v14.5M.75 8h14.5" />
</svg>`;
