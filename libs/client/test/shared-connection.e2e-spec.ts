import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { createClient, type Client, type TrackerError } from '../src/index.js';
import { StandInGateway } from './stand-in-gateway.js';

let gateway: StandInGateway;
let client: Client;
const opened: (() => unknown)[] = [];

beforeEach(async () => {
  gateway = await StandInGateway.start(100);
  client = createClient({ url: gateway.url, jitter: () => 0 });
});
afterEach(async () => {
  for (const close of opened.splice(0)) close();
  await gateway.close();
});

interface AnyTracker {
  getSnapshot: () => { connection: string };
  close: () => void;
}
function own<T extends AnyTracker>(tracker: T): T {
  opened.push(tracker.close);
  return tracker;
}
const trackOrders = (filter?: Parameters<Client['trackOrders']>[0]) => own(client.trackOrders(filter));
const trackOrder = (orderId: string) => own(client.trackOrder(orderId));
const live = (...trackers: AnyTracker[]) =>
  waitFor(() => trackers.every(({ getSnapshot }) => getSnapshot().connection === 'live'), 'the trackers to be live');
const idsOf = ({ getSnapshot }: ReturnType<typeof trackOrders>) =>
  getSnapshot()
    .orders.map(({ orderId }) => orderId)
    .sort();

it('uses one connection for all trackers, and closes it with the last one', async () => {
  gateway.write('job-1');
  const [all, printing, one] = [trackOrders(), trackOrders({ status: 'In Printing' }), trackOrder('job-1')];
  await live(all, printing, one);
  const late = trackOrder('job-2');
  await live(late);
  expect([gateway.connections, gateway.auths.length]).toEqual([1, 1]);
  for (const { close } of [all, printing, one]) close();
  gateway.write('job-2');
  await waitFor(() => late.getSnapshot().order?.revision === 1, 'the creation, on the connection that is left');
  late.close();
  await waitFor(() => gateway.connections === 0, 'the end of the connection');
});

it('tells each tracker its changes, each once', async () => {
  gateway.write('job-1');
  gateway.write('job-2');
  const [all, printing, one] = [trackOrders(), trackOrders({ status: 'In Printing' }), trackOrder('job-1')];
  const heard: string[] = [];
  all.on('updated', ({ orderId, revision }) => heard.push(`all ${orderId}:${revision}`));
  printing.on('updated', ({ orderId, revision }) => heard.push(`printing ${orderId}:${revision}`));
  one.on('updated', ({ orderId, revision }) => heard.push(`one ${orderId}:${revision}`));
  await live(all, printing, one);
  gateway.write('job-1', { status: 'In Printing', title: 'New' });
  gateway.write('job-2', { title: 'Other' });
  gateway.write('job-1', { quantity: 7 });
  await waitFor(() => heard.filter((change) => change.startsWith('all')).length === 3, 'all changes');
  expect(heard.filter((change) => !change.startsWith('all'))).toEqual([
    'printing job-1:2',
    'one job-1:2',
    'printing job-1:3',
    'one job-1:3',
  ]);
  expect(idsOf(printing)).toEqual(['job-1']);
  // The whole order comes with the change, so nothing is left to be fetched.
  expect(one.getSnapshot().order).toEqual(gateway.store.get('job-1'));
});

it('follows only the orders that are asked for, until a tracker wants all', async () => {
  gateway.write('job-1');
  gateway.write('job-2');
  const one = trackOrder('job-1');
  await live(one);
  expect(gateway.auths).toEqual([expect.objectContaining({ rooms: [{ orderId: 'job-1' }] })]);
  const two = trackOrder('job-2');
  await live(two);
  gateway.write('job-2', { status: 'Packaging' });
  await waitFor(() => two.getSnapshot().order?.status === 'Packaging', 'the change of the order that joined later');
  const all = trackOrders();
  await live(all);
  gateway.write('job-3');
  await waitFor(() => idsOf(all).includes('job-3'), 'an order that no room but that of all has');
  expect(gateway.auths).toHaveLength(1);
});

it('continues all trackers from one position after a lost connection', async () => {
  gateway.write('job-1');
  const [all, one] = [trackOrders(), trackOrder('job-1')];
  await live(all, one);
  const requests = gateway.requests.length;
  gateway.cut();
  gateway.write('job-1', { status: 'Delivery' });
  gateway.write('job-2');
  await waitFor(() => gateway.auths.length === 2, 'the next connection');
  await live(all, one);
  await waitFor(() => idsOf(all).length === 2, 'the missed order');
  expect(one.getSnapshot().order?.status).toBe('Delivery');
  expect(gateway.auths[1]).toHaveProperty('position', expect.stringMatching(/^e1:/));
  expect(gateway.requests).toHaveLength(requests);
});

it('gives a tracker that was stopped a snapshot of what it missed', async () => {
  gateway.write('job-1');
  const [all, other] = [trackOrders(), trackOrders({ status: 'Delivery' })];
  await live(all, other);
  all.stop();
  gateway.write('job-2');
  gateway.write('job-1', { title: 'Changed' });
  await waitFor(() => other.getSnapshot().position === gateway.position, 'the other tracker to go on');
  all.start();
  await live(all);
  expect(idsOf(all)).toEqual(['job-1', 'job-2']);
  expect(all.getSnapshot().orders.find(({ orderId }) => orderId === 'job-1')?.title).toBe('Changed');
  expect(gateway.auths).toHaveLength(1);
});

it('lets all trackers read again when changes were lost', async () => {
  gateway.write('job-1');
  const [all, one] = [trackOrders(), trackOrder('job-1')];
  await live(all, one);
  gateway.loseFeed(() => gateway.write('job-1', { status: 'Packaging' }));
  await waitFor(() => all.getSnapshot().orders[0]?.status === 'Packaging', 'the list to be read again');
  await waitFor(() => one.getSnapshot().order?.status === 'Packaging', 'the order to be read again');
});

it('hears of all orders also if an order is asked for right behind them', async () => {
  const one = trackOrder('job-1');
  await live(one);
  const [all, two] = [trackOrders(), trackOrder('job-2')];
  await live(all, two);
  gateway.write('job-3');
  await waitFor(() => idsOf(all).includes('job-3'), 'an order that nobody has asked for');
});

it('leaves an order whose tracker was closed before it was in', async () => {
  const first = trackOrder('job-1');
  await live(first);
  trackOrder('job-2').close();
  await waitFor(() => gateway.left.includes('job-2'), 'the room to be left');
});

it('follows all orders if a room is refused, and lets no other tracker suffer', async () => {
  const first = trackOrder('job-1');
  await live(first);
  gateway.roomRefusals.push('too_many_rooms', 'too_many_rooms');
  const [second, third] = [trackOrder('job-2'), trackOrder('job-3')];
  const errors: TrackerError[] = [];
  for (const { on } of [second, third]) on('error', (error) => errors.push(error));
  await live(first, second, third);
  expect(errors).toEqual([]);
  gateway.cut();
  await waitFor(() => gateway.auths.length === 2, 'the next connection');
  await live(first, second, third);
  expect(gateway.auths[1]).not.toHaveProperty('rooms');
  gateway.write('job-1');
  gateway.write('job-2');
  await waitFor(() => second.getSnapshot().order && first.getSnapshot().order, 'both orders');
});

it.each(['too_many_rooms', 'order_not_found', 'invalid_request'])(
  'follows all orders if a connection with several is refused: %s',
  async (code) => {
    gateway.refusals.push({ code, message: 'No', retryable: false });
    const [first, second] = [trackOrder('job-1'), trackOrder('job-2')];
    await live(first, second);
    expect(gateway.auths).toEqual([
      expect.objectContaining({ rooms: [{ orderId: 'job-1' }, { orderId: 'job-2' }] }),
      expect.not.objectContaining({ rooms: expect.anything() as unknown }),
    ]);
  },
);

it('asks again for a room that was refused because there were too many requests', async () => {
  const first = trackOrder('job-1');
  await live(first);
  gateway.roomRefusals.push('too_many_requests');
  const second = trackOrder('job-2');
  const errors: TrackerError[] = [];
  second.on('error', (error) => errors.push(error));
  await live(first, second);
  expect(errors).toMatchObject([{ code: 'too_many_requests', permanent: false }]);
  expect(gateway.auths).toHaveLength(1);
});

it('goes on without a position that is refused, also with a tracker that had none', async () => {
  const first = trackOrder('job-1');
  await live(first);
  gateway.refusals.push({ code: 'invalid_request', message: 'No', retryable: false });
  gateway.cut();
  await waitFor(() => first.getSnapshot().connection !== 'live', 'the loss of the connection');
  const second = trackOrder('job-2');
  await live(first, second);
  gateway.write('job-1');
  const third = trackOrders();
  await live(first, second, third);
  expect(gateway.auths).toHaveLength(3);
  gateway.write('job-1');
  await waitFor(() => first.getSnapshot().order?.revision === 2, 'the change');
});

it('keeps the connection of a tracker that went on without its own position', async () => {
  const first = trackOrder('job-1');
  await live(first);
  first.stop();
  gateway.refusals.push({ code: 'invalid_request', message: 'No', retryable: false });
  first.start();
  await live(first);
  const second = trackOrder('job-2');
  await live(first, second);
  expect(gateway.auths).toHaveLength(3);
});

it('connects again for a new tracker after a permanent refusal', async () => {
  gateway.refusals.push({ code: 'token_invalid', message: 'No', retryable: false });
  const all = trackOrders();
  const errors: TrackerError[] = [];
  all.on('error', (error) => errors.push(error));
  await waitFor(() => errors.length > 0, 'the refusal');
  expect(errors[0]).toMatchObject({ code: 'token_invalid', permanent: true });
  await live(trackOrder('job-1'));
  all.stop();
  all.start();
  await live(all);
});
