import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { own, Stopwatch, waitFor } from '@galley/testing';
import { startCluster, type TestCluster } from '../harness/cluster.js';
import { FaultProxy } from '../harness/fault-proxy.js';
import { bundle } from './bundle.js';
import { CommandedPage } from './commanded-page.js';
import { type PageView } from './engine-page.js';
import { ENGINES, openIn } from './engines.js';

let script: string;

beforeAll(async () => {
  execFileSync('npm', ['run', '--silent', 'build:client'], { stdio: 'inherit' });
  script = await bundle('test/system/browser/pages/engines.tsx', { client: 'package' });
}, 120_000);

it('says which package of Debian is missing', async () => {
  await expect(openIn('Gecko', 'about:blank', { FIREFOX: '/nowhere/firefox' })).rejects.toThrow(
    'There is no /nowhere/firefox, which this test needs: apt-get install firefox-esr, or name another in FIREFOX',
  );
});

describe.each(ENGINES)('in %s', (engine) => {
  let cluster: TestCluster;
  let proxy: FaultProxy;
  let page: CommandedPage;

  beforeAll(async () => {
    cluster = await startCluster({ settings: { ALLOWED_ORIGINS: 'http://127.0.0.1:*' } });
    proxy = await FaultProxy.start(cluster.url);
    own(() => proxy.close());
    for (const orderId of ['job-1', 'job-2', 'job-3']) await cluster.orders.place({ orderId });
    page = await CommandedPage.open(engine, script, new URL(proxy.url).origin);
    await shows('the orders', ({ connection, rows }) => connection === 'live' && rows.length === 3);
  });

  const shows = (what: string, isShown: (view: PageView) => boolean) =>
    waitFor(async () => isShown(await page.view()), `the page to show ${what}`, 30_000);

  it('shows each change as it comes', async () => {
    await cluster.orders.change('job-1', { status: 'In Printing' });
    await cluster.orders.place({ orderId: 'job-4' });
    await cluster.orders.remove('job-3');
    await shows('the removal', ({ heard }) => heard.includes('deleted job-3 2'));
    const { rows, heard } = await page.view();
    expect(rows).toEqual(['job-4: In Production', 'job-2: In Production', 'job-1: In Printing']);
    expect(heard).toEqual(['resync', 'updated job-1 2', 'created job-4 1', 'deleted job-3 2']);
  });

  it('shows a write at once, and stores it', async () => {
    proxy.hold();
    await page.move('job-2', 'Packaging');
    await shows('the write', ({ rows, pending }) => rows[1] === 'job-2: Packaging' && pending === 1);
    expect((await cluster.orders.get('job-2')).body.revision).toBe(1);
    proxy.heal();
    await shows('that it is stored', (view) => view.pending === 0);
    expect((await cluster.orders.get('job-2')).body).toMatchObject({ status: 'Packaging', revision: 2 });
  });

  it('misses and repeats no change while the gateways are away', async () => {
    const before = (await page.view()).heard.length;
    proxy.resetAtAccept();
    await shows('that it is not live', ({ connection }) => connection !== 'live');
    await cluster.orders.change('job-1', { status: 'Packaging' });
    await cluster.orders.change('job-1', { status: 'Delivery' });
    await cluster.orders.place({ orderId: 'job-5' });
    await cluster.orders.remove('job-4');
    await page.move('job-2', 'Delivery');
    proxy.heal();
    await shows('the last change', ({ heard }) => heard.includes('updated job-2 3'));
    const { rows, heard } = await page.view();
    expect(rows).toEqual(['job-5: In Production', 'job-2: Delivery', 'job-1: Delivery']);
    const missed = ['updated job-1 3', 'updated job-1 4', 'created job-5 1', 'deleted job-4 2'];
    expect(heard.slice(before)).toEqual([...missed, 'updated job-2 3']);
  });

  it('is live again within two seconds after somebody has come back to the page', async () => {
    const watch = new Stopwatch();
    await page.leave(() => cluster.orders.change('job-2', { closed: true }));
    await shows('the orders', (view) => view.timesShown === 2 && view.connection === 'live' && view.rows.length === 2);
    expect((await page.view()).changedAfterMs - watch.lostMs).toBeLessThan(2_000);
  });
});
