import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@galley/testing';
import { StandInGateway } from './stand-in-gateway.js';
import {
  TrackerError,
  trackOrder,
  trackOrders,
  type OrdersTracker,
  type OrderTracker,
  type TrackOrdersOptions,
} from '../src/index.js';
import { newestFirst } from '@galley/contracts';

const HEARTBEAT_MS = 100;

describe('on a real connection', () => {
  let gateway: StandInGateway;
  const open: { close: () => void }[] = [];

  beforeEach(async () => {
    gateway = await StandInGateway.start(HEARTBEAT_MS);
  });
  afterEach(async () => {
    for (const tracker of open.splice(0)) tracker.close();
    await gateway.close();
  });

  const options = (more: Partial<TrackOrdersOptions> = {}): TrackOrdersOptions => ({
    url: gateway.url,
    // Delays only spread the load of many clients. A single client needs none.
    jitter: () => 0,
    ...more,
  });
  const track = (more?: Partial<TrackOrdersOptions>) => {
    const tracker = trackOrders(options(more));
    open.push(tracker);
    return tracker;
  };
  const trackOne = (orderId: string) => {
    const tracker = trackOrder(orderId, options());
    open.push(tracker);
    return tracker;
  };
  const live = async (tracker: { getSnapshot: () => { connection: string } }) => {
    await waitFor(() => tracker.getSnapshot().connection === 'live', 'the tracker to be live');
  };
  /** Waits until the tracker tells that it is stale or offline, however briefly. */
  const becomes = async (tracker: OrdersTracker | OrderTracker, connection: 'stale' | 'offline') => {
    let isTold = false;
    const stop = tracker.subscribe(() => (isTold ||= tracker.getSnapshot().connection === connection));
    await waitFor(() => isTold, `the tracker to be ${connection}`);
    stop();
  };
  /** Orders with their revisions, in the order of the list. */
  const shown = (tracker: OrdersTracker) =>
    tracker.getSnapshot().orders.map(({ orderId, revision }) => `${orderId} ${revision}`);
  const stored = () => [...gateway.store.values()].sort(newestFirst);

  describe('trackOrders', () => {
    it('gives all orders of all pages, then every change, newest first', async () => {
      for (let i = 0; i < 450; i++) gateway.write(`o${i}.${(i % 9) + 1}`);
      const tracker = track();
      const nothing = { orders: [], isComplete: false, pending: [], refused: [] };
      expect(tracker.getSnapshot()).toEqual({ connection: 'offline', ...nothing });
      await live(tracker);
      expect(gateway.requests).toHaveLength(3);
      expect(tracker.getSnapshot().orders).toEqual(stored());

      gateway.write('new9');
      gateway.write('o7.8', { status: 'Delivery' });
      gateway.delete('o8.9');
      await tracker.when('o8.9', 2);
      expect(tracker.getSnapshot().orders).toEqual(stored());
      expect(tracker.getSnapshot().position).toBe(gateway.position);
    });

    it('tracks open orders, unless told otherwise: reads only their pages, lets closed ones go, and takes them back', async () => {
      const closedAt = '2026-01-09T00:00:00.000Z';
      for (let i = 0; i < 3_000; i++) gateway.write(`o${i}.${(i % 9) + 1}`, i % 3 === 0 ? {} : { closedAt });
      const tracker = track();
      await live(tracker);
      const open = () => stored().filter((order) => order.closedAt === undefined);
      expect(gateway.requests).toHaveLength(5);
      expect(gateway.requests[0]).toBe('/orders?limit=200&open=true');
      expect(tracker.getSnapshot().orders).toEqual(open());

      gateway.write('o3.4', { closedAt });
      gateway.write('o1.2', { closedAt: undefined });
      gateway.write('o6.7', { title: 'Yearly report' });
      await tracker.when('o6.7', 2);
      expect(open()).toHaveLength(1_000);
      expect(tracker.getSnapshot().orders).toEqual(open());
      await tracker.when('o3.4', 2);
    });

    it('keeps a filter by status and customer true by itself', async () => {
      gateway.write('a1');
      gateway.write('b2', { status: 'Delivery' });
      const tracker = track({ status: ['Delivery', 'Packaging'], customerId: 'ana' });
      await live(tracker);
      expect(gateway.requests).toEqual(['/orders?limit=200&open=true&status=Delivery&status=Packaging&customerId=ana']);
      expect(shown(tracker)).toEqual(['b2 1']);
      gateway.write('a1', { status: 'Packaging' });
      gateway.write('b2', { status: 'In Printing' });
      gateway.write('c3', { status: 'Delivery', customerId: 'bo' });
      await tracker.when('c3', 1);
      expect(shown(tracker)).toEqual(['a1 2']);
    });

    it('finds orders by their words, of pages and of changes alike', async () => {
      gateway.write('a1', { title: 'Übergröße, gelb' });
      gateway.write('b2', { title: 'Flyers' });
      const tracker = track({ q: 'uber GE', open: 'any' });
      await live(tracker);
      expect(gateway.requests).toEqual(['/orders?limit=200&q=uber+GE']);
      expect(shown(tracker)).toEqual(['a1 1']);
      gateway.write('a1', { title: 'Übergröße' });
      gateway.write('b2', { title: 'Gelb, über alles', closedAt: '2026-01-09T00:00:00.000Z' });
      await tracker.when('b2', 2);
      expect(shown(tracker)).toEqual(['b2 2']);
    });

    it('shows the first pages, with their changes, while the others are read', async () => {
      for (let i = 0; i < 450; i++) gateway.write(`o${i}.${(i % 9) + 1}`);
      const answerAll = gateway.answerOnly(1);
      const tracker = track();
      const [first] = stored();
      await waitFor(() => tracker.getSnapshot().orders.length === 200, 'the first page');
      expect(tracker.getSnapshot()).toMatchObject({ connection: 'catching-up', isComplete: false });
      gateway.write('o1.2', { title: 'On a later page' });
      gateway.write(first?.orderId ?? '', { title: 'New' });
      await waitFor(() => tracker.getSnapshot().orders[0]?.title === 'New', 'a change of an order of the first page');
      expect(tracker.getSnapshot().orders.filter(({ title }) => title === 'On a later page')).toHaveLength(1);
      answerAll();
      await live(tracker);
      expect(tracker.getSnapshot()).toMatchObject({ isComplete: true, orders: stored() });
    });

    it('requests no page again if the connection is lost meanwhile', async () => {
      for (let i = 0; i < 450; i++) gateway.write(`o${i}.${(i % 9) + 1}`);
      const answerAll = gateway.answerOnly(0);
      const tracker = track();
      await waitFor(() => gateway.requests.length > 0, 'the request for a page');
      gateway.cut();
      gateway.write('new9');
      gateway.delete('o7.8');
      await waitFor(() => gateway.auths.length > 1, 'the next connection');
      answerAll();
      await live(tracker);
      expect(gateway.auths).toEqual([{ feed: true }, { feed: true, position: 'e1:450' }]);
      expect(gateway.requests).toHaveLength(3);
      expect(tracker.getSnapshot().orders).toEqual(stored());
    });

    it('sends each change once and in order, and announcements', async () => {
      gateway.write('a1');
      const tracker = track();
      const told: string[] = [];
      tracker.on('resync', ({ added }) => told.push(`resync ${added.map(({ orderId }) => orderId).join()}`));
      tracker.on('created', ({ orderId, revision }) => told.push(`created ${orderId} ${revision}`));
      tracker.on('updated', ({ orderId, order }) => told.push(`updated ${orderId} ${order.revision}`));
      tracker.on('deleted', ({ orderId, revision }) => told.push(`deleted ${orderId} ${revision}`));
      const off = tracker.on('announcement', ({ message }) => told.push(message));
      await live(tracker);
      gateway.write('b1');
      gateway.write('b1');
      gateway.announce('Lunch');
      gateway.delete('b1');
      await tracker.when('b1', 3);
      off();
      gateway.announce('Back');
      gateway.write('a1');
      await tracker.when('a1', 2);
      expect(told).toEqual([...['resync a1', 'created b1 1', 'updated b1 2', 'Lunch', 'deleted b1 3', 'updated a1 2']]);
    });

    it('has methods that can be passed on as functions', async () => {
      const { subscribe, getSnapshot, when } = track();
      const seen: string[] = [];
      const unsubscribe = subscribe(() => seen.push(getSnapshot().connection));
      await live({ getSnapshot });
      await waitFor(() => seen.at(-1) === 'live', 'a notice of it');
      unsubscribe();
      gateway.write('a1');
      await when('a1', 1);
    });

    it('resumes where it was after an interruption, without another snapshot', async () => {
      gateway.write('a1');
      gateway.write('b2');
      const tracker = track();
      await live(tracker);
      gateway.cut();
      gateway.write('a1');
      gateway.delete('b2');
      gateway.write('c3');
      await becomes(tracker, 'stale');
      expect(shown(tracker)).toEqual(['b2 1', 'a1 1']);
      await live(tracker);
      expect(shown(tracker)).toEqual(['c3 1', 'a1 2']);
      expect(gateway.requests).toHaveLength(1);
      expect(gateway.auths).toEqual([{ feed: true }, { feed: true, position: 'e1:2' }]);
    });

    it('takes a new snapshot if it cannot resume', async () => {
      gateway.write('a1');
      gateway.write('b2');
      const tracker = track();
      await live(tracker);
      gateway.cut();
      gateway.write('a1');
      gateway.delete('b2');
      gateway.trim();
      await becomes(tracker, 'stale');
      await live(tracker);
      expect(shown(tracker)).toEqual(['a1 2']);
      expect(gateway.requests).toHaveLength(2);
    });

    it('takes a new snapshot when told that changes are lost', async () => {
      gateway.write('a1');
      gateway.write('b2');
      const tracker = track();
      await live(tracker);
      const differences: unknown[] = [];
      tracker.on('resync', (difference) => differences.push(difference));
      const [, b2] = tracker.getSnapshot().orders.toReversed();
      gateway.loseFeed(() => {
        gateway.write('a1');
        gateway.delete('b2');
        gateway.write('c3');
      });
      await waitFor(() => differences.length > 0, 'the snapshot');
      expect(shown(tracker)).toEqual(['c3 1', 'a1 2']);
      expect(differences).toEqual([
        { added: [gateway.store.get('c3')], changed: [gateway.store.get('a1')], removed: [b2] },
      ]);
      gateway.write('c3');
      await tracker.when('c3', 2);
    });

    it('notices a missing change by the revision of the next one', async () => {
      gateway.write('a1');
      const tracker = track();
      await live(tracker);
      gateway.silent = true;
      gateway.write('a1');
      gateway.write('b2');
      gateway.silent = false;
      gateway.write('a1');
      await tracker.when('b2', 1);
      expect(shown(tracker)).toEqual(['b2 1', 'a1 3']);
    });

    it('gives up a silent connection and makes another one', async () => {
      gateway.write('a1');
      gateway.toldHeartbeatMs = HEARTBEAT_MS;
      const tracker = track();
      await live(tracker);
      gateway.silent = true;
      await becomes(tracker, 'stale');
      gateway.write('a1');
      gateway.silent = false;
      await tracker.when('a1', 2);
      expect(gateway.requests).toHaveLength(1);
      expect(gateway.auths.length).toBeGreaterThan(1);
    });

    it('is stale, on the same connection, while the gateway gets no changes', async () => {
      gateway.write('a1');
      const tracker = track();
      await live(tracker);
      gateway.live = false;
      gateway.beat();
      await becomes(tracker, 'stale');
      expect(shown(tracker)).toEqual(['a1 1']);
      gateway.live = true;
      gateway.write('a1');
      gateway.beat();
      await live(tracker);
      expect(shown(tracker)).toEqual(['a1 2']);
      expect(gateway.auths).toHaveLength(1);
    });

    it('is stale at once if the gateway says so when it connects', async () => {
      gateway.live = false;
      const tracker = track();
      await becomes(tracker, 'stale');
      expect(gateway.auths).toHaveLength(1);
    });

    it('reconnects after the gateway has closed the connection on purpose', async () => {
      const tracker = track();
      await live(tracker);
      gateway.dismiss();
      await becomes(tracker, 'stale');
      await live(tracker);
    });

    it('is offline when the connection stays away', async () => {
      const tracker = track({ offlineAfterMs: 50 });
      await live(tracker);
      gateway.cut();
      await becomes(tracker, 'offline');
      await live(tracker);
    });

    it('repeats a request that fails, no sooner than the server asks, and reports that once', async () => {
      gateway.write('a1');
      gateway.answers.push({
        status: 503,
        headers: { 'retry-after': '1' },
        body: { code: 'unavailable', detail: 'Not now' },
      });
      gateway.answers.push({ status: 500 });
      const tracker = track();
      const errors: TrackerError[] = [];
      tracker.on('error', (error) => errors.push(error));
      await waitFor(() => errors.length > 0, 'the failure');
      const failedAt = Date.now();
      expect(tracker.getSnapshot().connection).toBe('catching-up');
      await live(tracker);
      expect(Date.now() - failedAt).toBeGreaterThan(900);
      expect(errors.map(({ code, message, permanent }) => [code, message, permanent])).toEqual([
        ['unavailable', 'Not now', false],
      ]);
      expect(shown(tracker)).toEqual(['a1 1']);
    });

    it('drops a position that the gateway refuses', async () => {
      gateway.write('a1');
      const tracker = track();
      await live(tracker);
      gateway.refusals.push({ code: 'invalid_request', message: 'position: Too big' });
      gateway.cut();
      await becomes(tracker, 'stale');
      await live(tracker);
      expect(gateway.auths).toEqual([{ feed: true }, { feed: true, position: 'e1:1' }, { feed: true }]);
    });

    it('gives up after a permanent refusal, and says why', async () => {
      gateway.refusals.push({ code: 'invalid_request', message: 'rooms: is wrong', retryable: false });
      const tracker = track();
      const errors: TrackerError[] = [];
      tracker.on('error', (error) => errors.push(error));
      await expect(tracker.when('a1', 1)).rejects.toThrow('rooms: is wrong');
      expect(errors.map(({ code, permanent }) => [code, permanent])).toEqual([['invalid_request', true]]);
      expect(tracker.getSnapshot().connection).toBe('offline');
    });

    it('tries again after a temporary refusal, and reports that once', async () => {
      const draining = { code: 'unavailable', message: 'draining', retryable: true };
      gateway.refusals.push(draining, draining);
      const tracker = track();
      const errors: TrackerError[] = [];
      tracker.on('error', (error) => errors.push(error));
      await live(tracker);
      expect(errors.map(({ message, permanent }) => [message, permanent])).toEqual([['draining', false]]);
    });

    it('gives up if the refusal says so, whatever its code', async () => {
      gateway.refusals.push({ code: 'shop_closed', message: 'We have moved', retryable: false });
      const tracker = track();
      await expect(tracker.when('a1', 1)).rejects.toThrow('We have moved');
    });

    it('reconnects no sooner than the refusal asks', async () => {
      gateway.refusals.push({ code: 'too_many_requests', message: 'Slow down', retryable: true, retryAfter: 1 });
      const tracker = track();
      const errors: TrackerError[] = [];
      tracker.on('error', (error) => errors.push(error));
      await waitFor(() => errors.length > 0, 'the refusal');
      const refusedAt = Date.now();
      await live(tracker);
      expect(Date.now() - refusedAt).toBeGreaterThan(900);
    });

    it('reports once that the server cannot be reached, and goes on trying', async () => {
      const { url } = gateway;
      await gateway.close();
      const tracker = trackOrders({ url, jitter: () => 0 });
      open.push(tracker);
      const errors: TrackerError[] = [];
      tracker.on('error', (error) => errors.push(error));
      await waitFor(() => errors.length > 0, 'the failure');
      gateway = await StandInGateway.start(HEARTBEAT_MS, Number(new URL(url).port));
      await live(tracker);
      expect(
        errors.map(({ message, permanent }) => [message.startsWith(`${url} cannot be reached`), permanent]),
      ).toEqual([[true, false]]);
    });

    it('continues where it was after a stop and a start', async () => {
      gateway.write('a1');
      const tracker = track();
      await live(tracker);
      tracker.stop();
      expect(tracker.getSnapshot().connection).toBe('offline');
      expect(shown(tracker)).toEqual(['a1 1']);
      await waitFor(() => gateway.connections === 0, 'the end of the connection');
      gateway.write('a1');
      tracker.start();
      await tracker.when('a1', 2);
      expect(gateway.requests).toHaveLength(1);
      expect(gateway.auths).toEqual([{ feed: true }, { feed: true, position: 'e1:1' }]);
    });

    it('has one connection after a stop and an immediate start, even during the request of a page', async () => {
      gateway.write('a1');
      const answerAll = gateway.answerOnly(0);
      const tracker = track();
      tracker.stop();
      tracker.start();
      await waitFor(() => gateway.requests.length > 0, 'the request for a page');
      tracker.stop();
      tracker.start();
      tracker.start();
      answerAll();
      await live(tracker);
      await waitFor(() => gateway.connections === 1, 'one connection');
      gateway.write('a1');
      await tracker.when('a1', 2);
      expect(shown(tracker)).toEqual(['a1 2']);
    });

    it('tries again after a permanent refusal if it is stopped and started', async () => {
      gateway.refusals.push({ code: 'token_invalid', message: 'The token is invalid', retryable: false });
      const tracker = track();
      await expect(tracker.when('a1', 1)).rejects.toThrow('The token is invalid');
      tracker.stop();
      tracker.start();
      await live(tracker);
    });

    it.each([['localhost:3000'], ['ftp://shop.example'], [''], [undefined as unknown as string]])(
      'says what is wrong with the url %j',
      (url) => {
        expect(() => trackOrders({ url })).toThrow('url must be an http or https URL such as https://shop.example');
      },
    );

    it('sends the current token with each connection and request', async () => {
      let tokens = 0;
      const tracker = track({ token: () => Promise.resolve(`t${++tokens}`) });
      await live(tracker);
      gateway.cut();
      await becomes(tracker, 'stale');
      await live(tracker);
      expect(gateway.auths).toMatchObject([{ token: 't1' }, { token: 't3' }]);
      expect(gateway.authorizations).toEqual(['Bearer t2']);
    });

    it('renews its token before it expires, if there is a newer one', async () => {
      let token = 'old';
      const tracker = track({ token: () => token });
      await live(tracker);
      gateway.warnOfExpiry(); // without effect: there is no newer token
      gateway.write('a1');
      await tracker.when('a1', 1);
      token = 'new';
      gateway.warnOfExpiry();
      await waitFor(() => gateway.renewals.length > 0, 'the renewal');
      gateway.warnOfExpiry();
      gateway.write('a1');
      await tracker.when('a1', 2);
      expect(gateway.renewals).toEqual(['new']);
      expect(gateway.auths).toHaveLength(1);
    });
  });

  describe('when', () => {
    it('resolves for known revisions, and rejects on abort and on close', async () => {
      gateway.write('a1');
      const tracker = track();
      await live(tracker);
      await tracker.when('a1', 1);
      const controller = new AbortController();
      const aborted = tracker.when('a1', 2, { signal: controller.signal });
      controller.abort(new Error('enough'));
      await expect(aborted).rejects.toThrow('enough');
      await expect(tracker.when('a1', 2, { signal: controller.signal })).rejects.toThrow('enough');
      const closed = tracker.when('a1', 2);
      tracker.close();
      await expect(closed).rejects.toThrow(TrackerError);
      await expect(tracker.when('a1', 1)).rejects.toThrow('The tracker is closed');
      expect(tracker.getSnapshot().connection).toBe('offline');
    });
  });

  describe('trackOrder', () => {
    it('follows one order, and fetches what its updates do not contain', async () => {
      gateway.write('a1');
      gateway.write('b1');
      const tracker = trackOne('a1');
      await live(tracker);
      expect(tracker.getSnapshot()).toEqual({
        ...{ connection: 'live', order: gateway.store.get('a1'), deleted: false, pending: [], refused: [] },
      });
      expect(gateway.auths).toEqual([{ feed: true, rooms: [{ orderId: 'a1' }] }]);
      gateway.write('b1');
      gateway.answers.push({ status: 500 });
      gateway.write('a1', { status: 'In Printing', estimatedDate: '2026-12-24', title: 'Yearly report' });
      await tracker.when('a1', 2);
      expect(tracker.getSnapshot().order).toMatchObject({ status: 'In Printing', estimatedDate: '2026-12-24' });
      await waitFor(() => tracker.getSnapshot().order?.title === 'Yearly report', 'the title');
      expect(tracker.getSnapshot().order).toEqual(gateway.store.get('a1'));
      gateway.delete('a1');
      await tracker.when('a1', 3);
      expect(tracker.getSnapshot()).toMatchObject({ connection: 'live', order: undefined, deleted: true });
    });

    it('shows a closed order as closed, and as open when it is opened again', async () => {
      gateway.write('a1');
      const tracker = trackOne('a1');
      await live(tracker);
      const closedAt = '2026-01-09T00:00:00.000Z';
      gateway.write('a1', { closedAt });
      await tracker.when('a1', 2);
      expect(tracker.getSnapshot()).toMatchObject({ order: { closedAt }, deleted: false });
      gateway.write('a1', { closedAt: undefined });
      await tracker.when('a1', 3);
      expect(tracker.getSnapshot().order).not.toHaveProperty('closedAt');
    });

    it('says that there is no such order, and shows it once it gets a change of it', async () => {
      const tracker = trackOne('a1');
      await live(tracker);
      expect(tracker.getSnapshot()).toMatchObject({ connection: 'live', order: undefined, deleted: false });
      gateway.write('a1');
      gateway.write('a1');
      await tracker.when('a1', 2);
      expect(tracker.getSnapshot().order).toEqual(gateway.store.get('a1'));
    });

    it('resumes where it was', async () => {
      gateway.write('a1');
      const tracker = trackOne('a1');
      await live(tracker);
      gateway.cut();
      gateway.write('a1', { status: 'Delivery' });
      await becomes(tracker, 'stale');
      await tracker.when('a1', 2);
      expect(tracker.getSnapshot().order?.status).toBe('Delivery');
    });
  });
});
