import { html } from '@galley/http';
import { writePage } from './page.js';

/** `apps/orders-api/docs/rest.html`: Swagger UI shows openapi.json in it, as the main part of the page. */
export const writeRestPage = (): Promise<string> =>
  writePage('rest.html', {
    path: '/docs',
    source: 'openapi.json',
    assets: ['rest.css', 'answers.css', 'operations.css', 'swagger-ui-bundle.js', 'rest.js'],
    main: html`<div id="rest">
      <noscript>
        This page needs JavaScript. <a href="/docs/openapi.json">openapi.json</a> has all that it shows.
      </noscript>
    </div>`,
  });
