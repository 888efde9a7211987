import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { createClient, trackOrder, trackOrders } from '../src/read.js';
import { StandInGateway } from './stand-in-gateway.js';

let gateway: StandInGateway;
const opened: (() => void)[] = [];

beforeEach(async () => {
  gateway = await StandInGateway.start(100);
});
afterEach(async () => {
  for (const close of opened.splice(0)) close();
  await gateway.close();
});

/** Trackers of both kinds, alone and of a client. */
function trackEverything() {
  const options = { url: gateway.url, jitter: () => 0 };
  const client = createClient(options);
  const many = [trackOrders(options), client.trackOrders()];
  const single = [trackOrder('job-1', options), client.trackOrder('job-1')];
  opened.push(...[...many, ...single].map(({ close }) => close));
  return { many, single };
}

it('shows the orders, and every change', async () => {
  gateway.write('job-1');
  const { many, single } = trackEverything();
  const shown = () => [
    ...many.map(({ getSnapshot }) => getSnapshot().orders[0]?.status),
    ...single.map(({ getSnapshot }) => getSnapshot().order?.status),
  ];
  await waitFor(() => shown().every((status) => status === 'In Production'), 'the order');
  gateway.write('job-1', { status: 'In Printing' });
  await waitFor(() => shown().every((status) => status === 'In Printing'), 'its change');
});

it('has nothing to write with, and no edits in the state', () => {
  const { many, single } = trackEverything();
  for (const tracker of [...many, ...single]) {
    expect(Object.keys(tracker).sort()).toEqual(['close', 'getSnapshot', 'on', 'start', 'stop', 'subscribe', 'when']);
    expect(tracker.getSnapshot()).not.toHaveProperty('pending');
    expect(tracker.getSnapshot()).not.toHaveProperty('refused');
    expect(() => tracker.on('refused' as 'error', () => undefined)).toThrow(
      new TypeError('There is no event "refused", only created, updated, deleted, resync, announcement, error'),
    );
  }
});
