import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestClient, waitFor } from '@galley/testing';
import { connectStalled } from '@galley/verification';
import { SlowConsumers } from '../src/connections/slow-consumers.js';
import { aChange, startGateways, upTo, type Gateways } from './gateways.js';

/** As many as the sockets' buffers could ever take. */
const MOST_CHANGES = 3_000;
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
  let last = 1;
  const tellMore = async () => {
    await feed.append(upTo(last + BATCH, last + 1).map((revision) => aChange('a', revision, LONG)));
    last += BATCH;
    await waitFor(() => healthy.revisions('a/update').length === last - 1, 'the changes');
  };
  while (slowConsumers?.count === 0 && last < MOST_CHANGES) await tellMore();
  await waitFor(() => slowConsumers?.count === 1, 'the stalled client to be cut off');
  for (let batch = 0; batch < 5; batch++) await tellMore();
  expect(healthy.socket.connected).toBe(true);
  expect(slowConsumers?.count).toBe(1);
  stalled.destroy();
  healthy.close();
}, 60_000);
