import { readFileSync } from 'node:fs';

/** `apps/orders-api/docs/tokens.css`: the colours, sizes and faces of the board, for pages that the API serves without it. */
export const writeTokens = (): Promise<string> =>
  Promise.resolve(readFileSync(new URL('../../../apps/web/src/style/tokens.css', import.meta.url), 'utf8'));
