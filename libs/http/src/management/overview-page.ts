import { createHash } from 'node:crypto';
import { type Identity } from '@galley/runtime';
import { html, Html } from '../files/html.js';
import { type OverviewSection } from './overview.js';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.3rem; margin: 0 0 .25rem; }
h2 { font-size: 1rem; margin: 1.75rem 0 .4rem; }
p { margin: .25rem 0; overflow-wrap: anywhere; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
th { font-weight: 600; opacity: .75; white-space: nowrap; }
th:first-child:nth-last-child(-n+3) { width: 40%; }
td:nth-child(2):last-child { overflow-wrap: anywhere; }
a { color: light-dark(#2a4bd7, #a3b5ff); }
.quiet { opacity: .75; }
`;

/** Exactly as it was hashed. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

/** The page loads nothing, so nothing is allowed but its own style. */
export const OVERVIEW_POLICY = [
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
].join('; ');

const RELOAD_EVERY_S = 10;

/** The page about a process, as HTML. It loads itself again every 10 s. */
export function overviewPage(identity: Identity, sections: readonly OverviewSection[], now: Date): string {
  const { service, instance, version, revision } = identity;
  const build = [`version ${version}`, revision, `Node ${process.versions.node}`].filter(Boolean).join(' · ');
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta http-equiv="refresh" content="${RELOAD_EVERY_S}" />
      <title>${service} ${instance} – Galley</title>
      ${STYLE_ELEMENT}
      <main>
        <h1>${service} ${instance}</h1>
        <p>${build}</p>
        <p class="quiet">
          As of ${now.toISOString()}. For reading only: <a href="metrics">metrics</a>,
          <a href="health/ready">health</a>, <a href="version">version</a>.
        </p>
        ${sections.map(toHtml)}
      </main>
    </html> `.source;
}

function toHtml({ title, columns, rows, empty = 'None.' }: OverviewSection): Html {
  if (rows.length === 0)
    return html`<h2>${title}</h2>
      <p class="quiet">${empty}</p>`;
  return html`<h2>${title}</h2>
    <div class="table">
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col">${column}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((cell) => html`<td>${cell}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
