import { defineConfig } from 'vite';

/** What the development server does not serve itself, `npm start` answers. */
const CLUSTER = process.env.GALLEY_URL ?? 'http://localhost:3000';
const OF_THE_CLUSTER = ['/orders', '/batches', '/counts', '/announcements', '/sessions', '/changes', '/socket.io'];

/** Every tracking link leads to the same page. */
const trackingLinks = {
  name: 'tracking-links',
  configureServer: ({ middlewares }) => {
    middlewares.use((request, _response, next) => {
      if (request.url?.startsWith('/track/')) request.url = '/track.html';
      next();
    });
  },
};

export default defineConfig({
  plugins: [trackingLinks],
  root: import.meta.dirname,
  resolve: {
    // The sources of @galley/client and @galley/contracts.
    conditions: ['source', 'module', 'browser', 'development|production'],
    // pragmatic-drag-and-drop has smaller code for the browsers of today.
    mainFields: ['browser', 'module:es2019', 'module', 'jsnext:main', 'jsnext'],
  },
  server: { proxy: Object.fromEntries(OF_THE_CLUSTER.map((path) => [path, { target: CLUSTER, ws: true }])) },
  build: {
    target: 'es2022',
    // The policy of the pages allows no scripts and no fonts within the page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // One file for all that several parts use, instead of a small one for each combination of parts.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } } },
  },
});
