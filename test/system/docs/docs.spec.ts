import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { PERMISSIONS, ROLES } from '@galley/access';
import { changeOrder, ERRORS, ORDER_STATUSES, placeOrder } from '@galley/contracts';

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

describe('the documentation', () => {
  const events = read('docs/WEBSOCKET_EVENTS.md');

  it.each(['resume.mjs', 'follow.mjs', 'board.html'])('shows the exact text of docs/examples/%s', (example) => {
    expect(events).toContain(read(`docs/examples/${example}`));
  });

  it.each(['changes.html', 'read-changes.mjs', 'changes.py'])('shows the exact text of docs/examples/%s', (example) => {
    expect(read('docs/CHANGES_OVER_HTTP.md')).toContain(read(`docs/examples/${example}`));
  });

  it.each([
    'react-board.tsx',
    'react-announcements.tsx',
    'one-connection.ts',
    'wall.ts',
    'vue-orders.ts',
    'svelte-orders.ts',
    'angular-orders.ts',
    'typed-socket.ts',
  ])('shows the exact text of docs/examples/%s, which `npm run check` compiles', (example) => {
    expect(read('docs/FRONT_ENDS.md')).toContain(read(`docs/examples/${example}`));
  });

  it('names every status, and no unknown error code', () => {
    for (const status of ORDER_STATUSES) expect(events).toContain(`\`${status}\``);
    const codes = [...events.matchAll(/^\| `([a-z]+_[a-z_]+)` /gm)].map(([, code]) => code);
    expect(codes).not.toEqual([]);
    for (const code of codes) expect(ERRORS).toHaveProperty(code ?? '');
  });

  it('shows the exact text of docker/redis/users.acl', () => {
    expect(read('docs/SECURITY.md')).toContain(read('docker/redis/users.acl'));
  });

  it('names every field that a request may have', () => {
    const [, place = ''] = /^\| `POST \/orders` `\{(.*?)\}`/m.exec(read('docs/REST.md')) ?? [];
    const [, change = ''] = /^\| `PATCH \/orders\/:orderId` any of `\{(.*?)\}`/m.exec(read('docs/REST.md')) ?? [];
    const fields = (text: string) => text.split(',').map((field) => field.trim().replace('?', ''));
    expect(fields(place).sort()).toEqual(Object.keys(placeOrder.shape).sort());
    expect(fields(change).sort()).toEqual(Object.keys(changeOrder.shape).sort());
  });

  it('has the same table of permissions as the code', () => {
    const rows = [...read('docs/SECURITY.md').matchAll(/^\| `(\w+)` +\|([^`\n]*?)\| [^|]*\|$/gm)];
    const table = rows
      .map(([, action = '', cells = '']) => [action, cells.split('|').map((cell) => cell.trim())] as const)
      .filter(([action]) => action in PERMISSIONS)
      .map(([action, cells]) => [action, Object.fromEntries(ROLES.map((role, i) => [role, cells[i]]))]);
    expect(Object.fromEntries(table)).toEqual(PERMISSIONS);
  });

  it('shows each promise of the front page by a test that has the title that it names', () => {
    const [, section = ''] = /^## What it promises[^\n]*\n(.*?)^## /ms.exec(read('README.md')) ?? [];
    const links = [...section.matchAll(/^\| [^|]+\| \[(.+)\]\((\S+)\) +\|$/gm)];
    expect(links).toHaveLength(section.split('\n').filter((line) => line.startsWith('|')).length - 2);
    for (const [, title = '', file = ''] of links) expect(read(file)).toContain(title);
  });
});
