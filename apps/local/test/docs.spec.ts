import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ERRORS, ORDER_STATUSES } from '#contracts';

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

describe('the documentation', () => {
  const events = read('docs/WEBSOCKET_EVENTS.md');

  it.each(['resume.mjs', 'follow.mjs', 'board.html'])('shows docs/examples/%s as it is', (example) => {
    expect(events).toContain(read(`docs/examples/${example}`));
  });

  it('names every status, and only error codes that exist', () => {
    for (const status of ORDER_STATUSES) expect(events).toContain(`\`${status}\``);
    const codes = [...events.matchAll(/^\| `([a-z]+_[a-z_]+)` /gm)].map(([, code]) => code);
    expect(codes).not.toEqual([]);
    for (const code of codes) expect(ERRORS).toHaveProperty(code ?? '');
  });
});
