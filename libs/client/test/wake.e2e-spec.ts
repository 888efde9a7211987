import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Stopwatch, waitFor } from '@galley/testing';
import { trackOrder, trackOrders, type Tracker, type TrackerError } from '../src/index.js';
import { StandInGateway } from './stand-in-gateway.js';

/** The events of a page, which Node does not have. */
const page = Object.assign(new EventTarget(), {
  document: Object.assign(new EventTarget(), { visibilityState: 'visible' }),
});
const WAKES = {
  online: () => page.dispatchEvent(new Event('online')),
  pageshow: () => page.dispatchEvent(new Event('pageshow')),
  visibilitychange: () => page.document.dispatchEvent(new Event('visibilitychange')),
};

/** Every pause is almost as long as it may be: 3 s after the first failure, then 6 s, then 10 s. */
const LONG_PAUSES = () => 0.99;
const FIRST_PAUSE_MS = 2_900;

let gateway: StandInGateway;
const opened: (() => unknown)[] = [];

beforeEach(async () => {
  Object.assign(globalThis, {
    addEventListener: page.addEventListener.bind(page),
    removeEventListener: page.removeEventListener.bind(page),
    document: page.document,
  });
  gateway = await StandInGateway.start(100);
  opened.push(() => gateway.close());
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  for (const name of ['addEventListener', 'removeEventListener', 'document']) Reflect.deleteProperty(globalThis, name);
});

type AnyTracker = Pick<Tracker<{ connection: string }>, 'getSnapshot' | 'close'> & {
  on: (name: 'error', handler: (error: TrackerError) => void) => unknown;
};
function follow<T extends AnyTracker>(tracker: T) {
  opened.push(() => {
    tracker.close();
  });
  const errors: TrackerError[] = [];
  tracker.on('error', (error) => errors.push(error));
  return { tracker, failed: () => waitFor(() => errors.length > 0, 'the failure') };
}
const track = (url = gateway.url) => follow(trackOrders({ url, jitter: LONG_PAUSES }));

/** @returns how long it takes from the wake until the tracker is live, in milliseconds */
async function liveAfter(wake: () => unknown, { getSnapshot }: AnyTracker): Promise<number> {
  const watch = new Stopwatch();
  wake();
  await waitFor(() => getSnapshot().connection === 'live', 'the tracker to be live');
  return watch.ms;
}

/** A network that first swallows whatever is sent, and then leads to the gateway. */
async function deadNetwork() {
  const { port } = new URL(gateway.url);
  const sockets = new Set<Socket>();
  const network = { isBack: false, url: '', connections: 0 };
  const server = createServer((socket) => {
    network.connections++;
    sockets.add(socket.on('error', () => socket.destroy()));
    if (!network.isBack) return;
    const upstream = connect(Number(port), '127.0.0.1').on('error', () => socket.destroy());
    sockets.add(upstream);
    socket.pipe(upstream).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  network.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return network;
}

describe('a tracker is soon back after a wake', () => {
  it.each(Object.entries(WAKES))('while it waits for its next attempt to connect: %s', async (_name, wake) => {
    const { url } = gateway;
    await gateway.close();
    const { tracker, failed } = track(url);
    await failed();
    gateway = await StandInGateway.start(100, Number(new URL(url).port));
    expect(await liveAfter(wake, tracker)).toBeLessThan(FIRST_PAUSE_MS - 500);
  });

  it('while it connects over a network that was away', async () => {
    const network = await deadNetwork();
    const { tracker } = track(network.url);
    await waitFor(() => network.connections > 0, 'the attempt');
    network.isBack = true;
    // Without the wake the attempt takes 10 s.
    expect(await liveAfter(WAKES.online, tracker)).toBeLessThan(5_000);
  });

  it('while it waits for its next request for the orders', async () => {
    gateway.answers.push({ status: 502 });
    const { tracker, failed } = track();
    await failed();
    expect(await liveAfter(WAKES.online, tracker)).toBeLessThan(FIRST_PAUSE_MS - 500);
  });

  it('while it waits for its next request for the rest of an order', async () => {
    gateway.write('a1');
    const { tracker, failed } = follow(trackOrder('a1', { url: gateway.url, jitter: LONG_PAUSES }));
    await waitFor(() => tracker.getSnapshot().connection === 'live', 'the tracker to be live');
    gateway.answers.push({ status: 502 });
    gateway.write('a1', { title: 'Yearly report' });
    await failed();
    const watch = new Stopwatch();
    WAKES.online();
    await waitFor(() => tracker.getSnapshot().order?.title === 'Yearly report', 'the title');
    expect(watch.ms).toBeLessThan(FIRST_PAUSE_MS - 500);
  });

  it('but not before the server allows it', async () => {
    gateway.answers.push({ status: 503, headers: { 'retry-after': '2' } });
    const { tracker, failed } = track();
    await failed();
    const failedAt = performance.now();
    await liveAfter(WAKES.online, tracker);
    expect(performance.now() - failedAt).toBeGreaterThan(1_900);
  });

  it('but not if the server has refused it permanently', async () => {
    gateway.refusals.push({ code: 'shop_closed', message: 'We have moved', retryable: false });
    const { tracker, failed } = track();
    await failed();
    for (const wake of Object.values(WAKES)) wake();
    tracker.stop();
    tracker.start();
    await waitFor(() => tracker.getSnapshot().connection === 'live', 'the tracker to be live');
    expect(gateway.auths).toHaveLength(2);
  });
});
