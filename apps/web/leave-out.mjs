/** What takes the place of modules that the tracking page would load, but need not. */
const REPLACED = [
  {
    // It loads early what a lazy part imports, but the only lazy parts import nothing.
    module: /vite\/preload-helper\.js$/,
    code: 'export const __vitePreload = (load) => load();',
  },
  {
    // The client never uses it.
    module: /engine\.io-client\/build\/esm\/transports\/webtransport\.js$/,
    code: 'export const WT = undefined;',
  },
  {
    // Where no WebSocket gets through, the page asks by REST instead. The client's second attempt fails as the first did.
    module: /engine\.io-client\/build\/esm\/transports\/polling-xhr\.js$/,
    code: "export { WS as XHR } from './websocket.js';",
  },
];

/** A plugin of Vite that keeps the tracking page below 30 kB. */
export const leaveOut = {
  name: 'leave-out',
  enforce: 'pre',
  load: {
    filter: { id: REPLACED.map(({ module }) => module) },
    handler: (id) => REPLACED.find(({ module }) => module.test(id)).code,
  },
};
