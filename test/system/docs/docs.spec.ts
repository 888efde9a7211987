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

  it('shows the same program in the README of the client as in its description', () => {
    const [, program = ''] = /^```js\n(.*?)^```/ms.exec(read('libs/client/README.md')) ?? [];
    expect(program).toContain('trackOrders');
    expect(read('docs/CLIENT_SDK.md')).toContain(program);
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
    const [, place = ''] = /^\| `POST \/orders` `\{(.*?)\}`/m.exec(read('README.md')) ?? [];
    const [, change = ''] = /^\| `PATCH \/orders\/:orderId` any of `\{(.*?)\}`/m.exec(read('README.md')) ?? [];
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

  it('names every variable that an app reads', () => {
    const sources = [
      'apps/orders-api/src/orders-api.config.ts',
      'apps/gateway/src/gateway.config.ts',
      'apps/local/src/local.config.ts',
      'libs/access/src/identity/auth-options.ts',
      'libs/http/src/peers/peer-variables.ts',
      'libs/http/src/app/http-variables.ts',
    ];
    const variables = sources.flatMap((file) => [...read(file).matchAll(/^ {2}([A-Z][A-Z_]+): /gm)]);
    const manual = read('README.md') + read('docs/SECURITY.md');
    expect(variables.length).toBeGreaterThan(40);
    expect(variables.map(([, name = '']) => name).filter((name) => !manual.includes(`\`${name}\``))).toEqual([]);
  });
});
