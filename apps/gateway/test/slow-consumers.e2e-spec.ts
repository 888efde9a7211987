import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestClient, waitFor } from '@galley/testing';
import { connectStalled } from '@galley/verification';
import { SlowConsumers } from '../src/connections/slow-consumers.js';
import { aChange, startGateways, upTo, type Gateways } from './gateways.js';

const CHANGES = 3_000;
const BATCH = 20;

const LONG = 'x'.repeat(10_000);

let gateways: Gateways;

beforeAll(async () => {
  gateways = await startGateways(['slow'], {}, 100);
  await gateways.feed.append([aChange('a', 1)]);
});
afterAll(() => gateways.close());

it('cuts off only the client that stalls', async () => {
  const { apps, feed, urls } = gateways;
  const [url = ''] = urls;
  const healthy = await TestClient.connect(url, { transports: ['websocket'] });
  const stalled = await connectStalled(url);
  const slowConsumers = apps[0]?.get(SlowConsumers, { strict: false });
  for (let first = 2; first <= CHANGES; first += BATCH) {
    await feed.append(upTo(first + BATCH - 1, first).map((revision) => aChange('a', revision, LONG)));
    await waitFor(() => healthy.revisions('a/update').length === first + BATCH - 2, 'the changes');
  }
  await waitFor(() => slowConsumers?.count === 1, 'the stalled client to be cut off');
  expect(healthy.socket.connected).toBe(true);
  expect(slowConsumers?.count).toBe(1);
  stalled.destroy();
  healthy.close();
}, 60_000);
