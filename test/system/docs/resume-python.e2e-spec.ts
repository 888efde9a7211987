import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { mintToken } from '@galley/access';
import { own, Program } from '@galley/testing';
import { startCluster } from '../harness/cluster.js';
import { FaultProxy } from '../harness/fault-proxy.js';

it('takes each change once with docs/examples/resume.py, through a lost connection and an end of its own', async () => {
  const { url, orders } = await startCluster({ gateways: 1 });
  const proxy = await FaultProxy.start(url);
  own(() => proxy.close());
  const folder = mkdtempSync(join(tmpdir(), 'galley-resume-'));
  own(() => {
    rmSync(folder, { recursive: true });
  });
  const start = () => new Program('python3', [resolve('docs/examples/resume.py'), proxy.url], {}, { cwd: folder });
  await orders.place({ orderId: 'a' });
  const first = start();
  await first.says('order a 1');
  await orders.change('a', { status: 'Packaging' });
  await first.says('orderUpdated a 2');
  proxy.cut();
  await orders.place({ orderId: 'b' });
  await first.says('orderCreated b 1', 20_000);
  expect(first.output).toBe('order a 1\norderUpdated a 2\norderCreated b 1\n');
  first.kill('SIGTERM');
  await first.exitCode();
  await orders.change('b', { status: 'Delivery' });
  await orders.remove('a');
  const second = start();
  await second.says('orderDeleted a 3');
  expect(second.output).toBe('orderUpdated b 2\norderDeleted a 3\n');
});

it.each(['docs/examples/resume.py', 'examples/python/record.py'])(
  'ends %s with the reason when its token ends',
  async (file) => {
    const AUTH_JWT_SECRET = randomBytes(32).toString('hex');
    const { url } = await startCluster({ gateways: 1, settings: { AUTH: 'required', AUTH_JWT_SECRET } });
    const folder = mkdtempSync(join(tmpdir(), 'galley-token-'));
    own(() => {
      rmSync(folder, { recursive: true });
    });
    const GALLEY_TOKEN = await mintToken({ secret: AUTH_JWT_SECRET, role: 'staff', sub: 'ana', expiresIn: 4 });
    const at = file.startsWith('docs') ? [url] : [];
    const reader = new Program('python3', [resolve(file), ...at], { GALLEY_TOKEN, GALLEY_URL: url }, { cwd: folder });
    expect(await reader.exitCode()).toBe(1);
    expect(reader.output).toContain('The token has expired');
  },
);
