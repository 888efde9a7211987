/** What takes the place of modules that the tracking page would load, but need not: their code, as far as the page uses it. */
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
  // What Galley sends is text. A frame of bytes is a fault of the connection, as anything else is that cannot be read.
  {
    module: /engine\.io-parser\/build\/esm\/decodePacket\.browser\.js$/,
    code: `import { ERROR_PACKET, PACKET_TYPES_REVERSE } from './commons.js';
      export const decodePacket = (text) => {
        const type = PACKET_TYPES_REVERSE[text[0]];
        return type ? { type, data: text.slice(1) || undefined } : ERROR_PACKET;
      };`,
  },
  {
    module: /engine\.io-parser\/build\/esm\/encodePacket\.browser\.js$/,
    code: `import { PACKET_TYPES } from './commons.js';
      export const encodePacket = ({ type, data = '' }, _canBinary, callback) => callback(PACKET_TYPES[type] + data);
      export const encodePacketToBinary = undefined;`,
  },
  {
    module: /socket\.io-parser\/build\/esm\/is-binary\.js$/,
    code: 'export const isBinary = () => false; export const hasBinary = isBinary;',
  },
  {
    module: /socket\.io-parser\/build\/esm\/binary\.js$/,
    code: 'export const deconstructPacket = undefined; export const reconstructPacket = undefined;',
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
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.fileName.endsWith('.css')) file.source = withoutUnusedTokens(String(file.source));
    }
  },
};

/** The tokens are for all pages, and this one uses two thirds of them. */
function withoutUnusedTokens(css) {
  return css.replace(/(--[\w-]+):[^;}]*;?/g, (declaration, name) => (css.includes(`var(${name})`) ? declaration : ''));
}
